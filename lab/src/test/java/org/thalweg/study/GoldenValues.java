package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What kinds of steps made of fixed inputs, against what they made when their versions were set. */
final class GoldenValues {
    private static final Path RESOURCES = Path.of("src", "test", "resources", "org", "thalweg", "study");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path golden;
    private final Map<String, Map<String, JsonNode>> values = new TreeMap<>();
    private final Map<String, Integer> versions = new TreeMap<>();

    /** Values in a resource. */
    GoldenValues(String resource) {
        this.golden = RESOURCES.resolve(resource);
    }

    /** Adds what a step made. */
    void add(Step step, String place, Map<String, JsonNode> made) {
        versions.put(step.kind(), step.version());
        made.forEach((path, value) -> values.computeIfAbsent(step.kind(), kind -> new LinkedHashMap<>())
                .put(step.label() + "/" + place + path, value));
    }

    /** Asserts that these kinds were added and made what their versions made, or writes those of new versions. */
    void requireUnchanged(String... kinds) throws IOException {
        boolean write = "write".equals(System.getProperty("thalweg.golden"));
        ObjectNode before = Files.exists(golden) ? (ObjectNode) JSON.readTree(golden.toFile())
                : JSON.createObjectNode();
        ObjectNode next = JSON.createObjectNode();
        assertThat(values).containsOnlyKeys(kinds);
        values.forEach((kind, found) -> {
            int version = versions.get(kind);
            JsonNode old = before.path(kind);
            if (old.path("version").asInt() == version || !write) {
                assertUnchanged(kind, version, old, found);
                next.set(kind, old);
            } else {
                next.putObject(kind).put("version", version).putObject("values").setAll(found);
            }
        });
        if (write) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(next) + "\n");
        }
    }

    private void assertUnchanged(String kind, int version, JsonNode before, Map<String, JsonNode> found) {
        assertThat(version).as("the version of '%s' is not the one of %s; regenerate that file with -Dthalweg.golden="
                + "write.", kind, golden).isEqualTo(before.path("version").asInt());
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        before.path("values").properties().forEach(entry -> expected.put(entry.getKey(), entry.getValue()));
        assertThat(ArtifactNumbers.differences(expected, found)).as("steps of kind '%s' make other artifacts of the"
                + " same inputs than when their version became %d, so that runs would mix old ones with new; if the"
                + " change is meant, raise version() of the step and regenerate %s with"
                + " mvn -pl lab -am test -Dtest=GoldenArtifactsTest,TransformerGoldenTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dthalweg.golden=write.", kind, version, golden).isEmpty();
    }
}

package org.thalweg.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/**
 * Results of steps, each a directory {@code kind/label-key}, where the key is a digest of the step's kind, version
 * and content and of the content of its inputs. A seal in each names every file with its SHA-256; what does not match
 * its seal is named, removed and made again, never read.
 *
 * @param root directory of the store
 */
public record ArtifactStore(Path root) {
    private static final String SEAL = "artifact.json";
    private static final int LARGEST_SEAL = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Where an artifact belongs.
     *
     * @param kind of the step that makes it
     * @param label of that step
     * @param key digest of the step and its inputs
     */
    public record Address(String kind, String label, Digest key) {
        /**
         * The address of a step's result.
         *
         * @param step the step
         * @param inputs contents of its inputs: the data set, then the artifacts, in order
         * @return its address
         */
        public static Address of(Step step, Iterable<Digest> inputs) {
            ObjectNode stated = JSON.createObjectNode();
            stated.put("kind", step.kind()).put("version", step.version()).set("content", step.content());
            ArrayNode digests = stated.putArray("inputs");
            inputs.forEach(input -> digests.add(input.hex()));
            return new Address(step.kind(), step.label(), Digest.ofText(stated.toString()));
        }
    }

    /**
     * A finished result.
     *
     * @param address where it belongs
     * @param directory its files
     * @param content digest of the names and contents of its files
     */
    public record Artifact(Address address, Path directory, Digest content) {}

    /**
     * What the seal of an artifact says, without its files being read.
     *
     * @param artifact the artifact
     * @param seconds how long it took to make, where the seal says so
     * @param bytes of its files
     */
    record Sealed(Artifact artifact, OptionalDouble seconds, long bytes) {}

    /** Writes the files of an artifact. */
    @FunctionalInterface
    public interface Filler {
        /**
         * Fills the directory.
         *
         * @param directory empty, for the files
         * @throws IOException when the disk refuses
         */
        void fill(Path directory) throws IOException;
    }

    /**
     * Where an artifact is, or would be.
     *
     * @param address its address
     * @return a directory below the root
     */
    public Path directory(Address address) {
        return root.resolve(address.kind()).resolve(address.label() + "-" + address.key().brief());
    }

    /**
     * Where the unfinished state of an artifact's step is kept.
     *
     * @param address the artifact's address
     * @return a directory beside it
     */
    public Path snapshot(Address address) {
        return root.resolve(address.kind()).resolve(".snapshot-" + address.label() + "-" + address.key().brief());
    }

    /**
     * A finished artifact, its files read and compared with its seal.
     *
     * @param address its address
     * @param warnings told, in one sentence, of an artifact that is torn or altered; it is removed
     * @return the artifact, or nothing when it has to be made
     */
    public Optional<Artifact> find(Address address, Consumer<String> warnings) {
        Path directory = directory(address);
        if (!Files.exists(directory)) {
            return Optional.empty();
        }
        Optional<String> damage = damage(directory, address);
        if (damage.isEmpty()) {
            return Optional.of(new Artifact(address, directory, contentOf(digests(directory))));
        }
        warnings.accept("the artifact " + directory + " is damaged (" + damage.get() + ") and is made again.");
        DurableDirectory.deleteRecursively(directory);
        return Optional.empty();
    }

    /**
     * Makes an artifact, whole or not at all.
     *
     * @param address its address
     * @param filler writes its files
     * @return the artifact
     */
    public Artifact make(Address address, Filler filler) {
        Path directory = directory(address);
        long start = System.nanoTime();
        DurableDirectory.write(directory, part -> {
            filler.fill(part);
            ObjectNode seal = JSON.createObjectNode();
            seal.put("kind", address.kind()).put("label", address.label()).put("key", address.key().hex());
            // Of what later plans are made; no content depends on it.
            seal.put("seconds", (System.nanoTime() - start) / 1e9);
            ObjectNode files = seal.putObject("files");
            digests(part).forEach((name, digest) -> files.put(name, digest.hex()));
            DurableFile.writeText(part.resolve(SEAL), seal.toPrettyString() + "\n");
        });
        return new Artifact(address, directory, contentOf(digests(directory)));
    }

    /**
     * An artifact as its seal describes it: its files are there, but are not compared with the seal.
     *
     * @param address its address
     * @return what the seal says, or nothing when there is no such artifact or a file is missing
     */
    Optional<Sealed> sealed(Address address) {
        Path directory = directory(address);
        if (!Files.exists(directory.resolve(SEAL))) {
            return Optional.empty();
        }
        try {
            JsonNode seal = JSON.readTree(InputFile.text(directory.resolve(SEAL), LARGEST_SEAL));
            Map<String, Digest> digests = new TreeMap<>();
            long bytes = 0;
            for (Map.Entry<String, JsonNode> file : seal.path("files").properties()) {
                Path place = directory.resolve(file.getKey());
                if (!Files.isRegularFile(place)) {
                    return Optional.empty();
                }
                bytes += Files.size(place);
                digests.put(file.getKey(), new Digest(file.getValue().asText()));
            }
            JsonNode seconds = seal.path("seconds");
            return seal.path("key").asText().equals(address.key().hex())
                    ? Optional.of(new Sealed(new Artifact(address, directory, contentOf(digests)),
                            seconds.isNumber() ? OptionalDouble.of(seconds.asDouble()) : OptionalDouble.empty(), bytes))
                    : Optional.empty();
        } catch (IOException | WorkFailure | IllegalArgumentException unreadable) {
            // A run finds it damaged too, says so and makes it again.
            return Optional.empty();
        }
    }

    private static Optional<String> damage(Path directory, Address address) {
        try {
            JsonNode seal = JSON.readTree(InputFile.text(directory.resolve(SEAL), LARGEST_SEAL));
            if (!seal.path("key").asText().equals(address.key().hex())) {
                return Optional.of("its seal names another key");
            }
            Map<String, Digest> found = digests(directory);
            for (Map.Entry<String, Digest> file : found.entrySet()) {
                String sealed = seal.path("files").path(file.getKey()).asText("");
                if (!sealed.equals(file.getValue().hex())) {
                    return Optional.of(file.getKey() + (sealed.isEmpty() ? " is not in its seal"
                            : " has SHA-256 " + file.getValue().brief() + "…, sealed as "
                                    + sealed.substring(0, Math.min(12, sealed.length())) + "…"));
                }
            }
            for (Map.Entry<String, JsonNode> file : seal.path("files").properties()) {
                if (!found.containsKey(file.getKey())) {
                    return Optional.of(file.getKey() + " is missing");
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException torn) {
            return Optional.of(SEAL + " is no JSON");
        } catch (WorkFailure unreadable) {
            return Optional.of(SEAL + " cannot be read");
        }
    }

    private static Map<String, Digest> digests(Path directory) {
        Map<String, Digest> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().equals(SEAL))
                    .forEach(file -> digests.put(
                            directory.relativize(file).toString().replace('\\', '/'), Digest.ofFile(file)));
        } catch (IOException | UncheckedIOException refused) {
            throw new WorkFailure("cannot read " + directory + ": " + refused.getMessage() + ".", refused);
        }
        return digests;
    }

    private static Digest contentOf(Map<String, Digest> digests) {
        StringBuilder text = new StringBuilder();
        digests.forEach((name, digest) -> text.append(digest.hex()).append(' ').append(name).append('\n'));
        return Digest.ofText(text.toString());
    }
}

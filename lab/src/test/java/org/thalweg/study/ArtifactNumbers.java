package org.thalweg.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.tensor.Scope;

/**
 * What the files of an artifact say, as named values: JSON value by value, of each tensor its layout, its norm and a
 * weighted sum that a change of place changes. Values of two artifacts can be compared within what processors and BLAS
 * libraries differ by; bytes cannot.
 */
final class ArtifactNumbers {
    /** Relative difference allowed between machines; the other bound is absolute, for numbers that are rounding. */
    private static final double TOLERANCE = 1e-4;

    private static final double ROUNDING = 1e-6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ArtifactNumbers() {}

    /** The values of a directory's own files in alphabetical order. */
    static Map<String, JsonNode> of(Path directory) throws IOException {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".safetensors")) {
                    addTensors(values, file, name);
                } else {
                    addJson(values, name, JSON.readTree(file.toFile()));
                }
            }
        }
        return values;
    }

    private static void addJson(Map<String, JsonNode> values, String path, JsonNode node) {
        if (node.isObject()) {
            node.properties().forEach(entry -> addJson(values, path + "/" + entry.getKey(), entry.getValue()));
        } else if (node.isArray() && node.valueStream().allMatch(JsonNode::isIntegralNumber)) {
            values.put(path, JsonNodeFactory.instance.textNode(node.toString()));
        } else if (node.isArray()) {
            for (int k = 0; k < node.size(); k++) {
                addJson(values, path + "/" + k, node.get(k));
            }
        } else {
            values.put(path, node);
        }
    }

    private static void addTensors(Map<String, JsonNode> values, Path path, String name) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        try (SafetensorsFile file = SafetensorsFile.open(path); Scope scope = Scope.open()) {
            file.metadata().forEach((key, value) -> values.put(name + "/metadata/" + key, nodes.textNode(value)));
            file.tensors().forEach((tensor, entry) -> {
                double[] numbers = file.read(tensor).toDoubles();
                double norm = Math.sqrt(Arrays.stream(numbers).map(number -> number * number).sum());
                double sum = 0;
                for (int k = 0; k < numbers.length; k++) {
                    sum += numbers[k] * (1 + Math.cos(k));
                }
                String prefix = name + "/" + tensor + "/";
                values.put(prefix + "layout", nodes.textNode(entry.layout().toString()));
                values.put(prefix + "norm", nodes.numberNode(norm));
                // Beside the norm, so that a sum that is nearly zero is compared on the tensor's own scale.
                values.put(prefix + "norm_and_sum", nodes.numberNode(2 * Math.sqrt(numbers.length) * norm + sum));
            });
        }
    }

    /** Where two artifacts say different things; empty when they agree. */
    static List<String> differences(Map<String, JsonNode> expected, Map<String, JsonNode> found) {
        List<String> differences = new ArrayList<>();
        expected.forEach((path, value) -> {
            if (!found.containsKey(path)) {
                differences.add(path + " is missing");
            } else if (!agree(value, found.get(path))) {
                differences.add(path + " is " + found.get(path) + ", was " + value);
            }
        });
        found.keySet().stream().filter(path -> !expected.containsKey(path))
                .forEach(path -> differences.add(path + " is new"));
        return differences;
    }

    private static boolean agree(JsonNode expected, JsonNode found) {
        if (!expected.isNumber() || !found.isNumber() || expected.isIntegralNumber() && found.isIntegralNumber()) {
            return expected.equals(found);
        }
        double a = expected.asDouble();
        double b = found.asDouble();
        return Math.abs(a - b) <= Math.max(ROUNDING, TOLERANCE * Math.max(Math.abs(a), Math.abs(b)));
    }
}

package org.thalweg.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.WorkFailure;

/**
 * The Python files of a model that brings its own code: those that an {@code auto_map} names, and those that they
 * import from beside them, as stock loaders follow them.
 */
final class CustomCode {
    private static final List<String> MAPS =
            List.of("config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json");
    private static final Pattern IMPORT = Pattern.compile(
            "(?m)^\\s*(?:from\\s+\\.([\\w.]+)\\s+import|import\\s+\\.([\\w.]+)|from\\s+\\.\\s+import\\s+([\\w, ]+))");
    private static final long LARGEST = 4 << 20;
    private static final int MOST = 200;

    private CustomCode() {}

    /**
     * Finds them.
     *
     * @param root of the model
     * @return their paths within it, with slashes
     */
    static Set<String> of(Path root) {
        Deque<String> asked = new ArrayDeque<>();
        for (String file : MAPS) {
            if (Files.isRegularFile(root.resolve(file))) {
                modules(root.resolve(file), asked);
            }
        }
        asked.add("custom_generate/generate.py");
        Set<String> found = new TreeSet<>();
        while (!asked.isEmpty() && found.size() < MOST) {
            String path = asked.pop();
            if (Files.isRegularFile(root.resolve(path)) && found.add(path)) {
                imports(root.resolve(path), path.substring(0, path.lastIndexOf('/') + 1), asked);
            }
        }
        return found;
    }

    private static void modules(Path file, Deque<String> asked) {
        try {
            JsonNode map = BoundedJson.readObject(file).path("auto_map");
            map.properties().forEach(entry -> {
                Iterable<JsonNode> classes = entry.getValue().isArray() ? entry.getValue() : List.of(entry.getValue());
                classes.forEach(name -> {
                    // Code of another repository ("owner/name--module.Class") is not here.
                    if (name.asText().matches("\\w+(\\.\\w+)+")) {
                        String module = name.asText().substring(0, name.asText().lastIndexOf('.'));
                        asked.add(module.replace('.', '/') + ".py");
                    }
                });
            });
        } catch (WorkFailure unreadable) {
            // A companion that is no JSON is copied as it is; it names no code.
        }
    }

    private static void imports(Path file, String folder, Deque<String> asked) {
        try {
            if (Files.size(file) > LARGEST) {
                return;
            }
            Matcher line = IMPORT.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (line.find()) {
                String names = line.group(1) != null ? line.group(1)
                        : line.group(2) != null ? line.group(2) : line.group(3);
                for (String name : names.split("[, ]+")) {
                    if (name.matches("\\w+(\\.\\w+)*")) {
                        asked.add(folder + name.replace('.', '/') + ".py");
                    }
                }
            }
        } catch (IOException unreadable) {
            // Copying it fails later, in a sentence.
        }
    }
}

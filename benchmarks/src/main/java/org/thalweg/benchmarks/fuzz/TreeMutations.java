package org.thalweg.benchmarks.fuzz;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Damages the tree of a JSON or YAML text: other types, huge numbers, nesting, keys twice, strange characters. */
final class TreeMutations {
    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(300).build()).build());
    private static final YAMLMapper YAML = YAMLMapper.builder().build();
    private static final List<String> VALUES = List.of(
            "null", "true", "false", "0", "-1", "1", "2", "3", "1.5", "-0.0", "1e-310", "1e308", "1e999", "-1e999",
            "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807",
            "9223372036854775808", "4294967296", "65536", "1e400000", "0." + "0".repeat(300) + "1", "9".repeat(390),
            "\"\"", "\" \"", "\"0\"", "\"none\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u001b[2J\"", "\"\\u202e\"",
            "\"😀\"",
            "\"a.{v}\"", "\"../x\"", "\"a\\nb\"", "[]", "{}", "[[]]", "[null]", "[0]", "[-1]",
            "[1,2,3]", "{\"a\":null}");

    private static final int LARGEST = 1 << 21;

    private final SplittableRandom random;

    TreeMutations(SplittableRandom random) {
        this.random = random;
    }

    /** The damaged text; nothing when the text is no JSON any more. */
    Optional<byte[]> json(byte[] content) {
        try {
            return Optional.ofNullable(JSON.readTree(content)).map(tree -> text(damaged(tree)));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** The damaged text, as JSON, which is YAML too, or in YAML's own way; nothing when it is no YAML any more. */
    Optional<byte[]> yaml(byte[] content) {
        try {
            JsonNode tree = YAML.readTree(content);
            if (tree == null) {
                return Optional.empty();
            }
            JsonNode damaged = damaged(tree);
            return Optional.of(random.nextBoolean() ? text(damaged) : YAML.writeValueAsBytes(damaged));
        } catch (IOException | RuntimeException none) {
            return Optional.empty();
        }
    }

    private JsonNode damaged(JsonNode tree) {
        List<JsonNode> inner = new ArrayList<>();
        collect(tree, inner);
        if (inner.isEmpty() || random.nextInt(40) == 0) {
            return other(tree);
        }
        switch (inner.get(random.nextInt(inner.size()))) {
            case ObjectNode object -> change(object);
            case ArrayNode array -> change(array);
            case JsonNode _ -> throw new IllegalStateException("only objects and arrays were collected");
        }
        return tree;
    }

    private static void collect(JsonNode node, List<JsonNode> inner) {
        if (node.isContainerNode() && !node.isEmpty()) {
            inner.add(node);
            node.forEach(child -> collect(child, inner));
        }
    }

    private void change(ObjectNode object) {
        List<Map.Entry<String, JsonNode>> fields = List.copyOf(object.properties());
        Map.Entry<String, JsonNode> field = fields.get(random.nextInt(fields.size()));
        switch (random.nextInt(8)) {
            case 0 -> object.remove(field.getKey());
            case 1 -> object.set(key(field.getKey()), field.getValue());
            case 2 -> object.set(field.getKey(), fields.get(random.nextInt(fields.size())).getValue());
            default -> object.set(field.getKey(), other(field.getValue()));
        }
    }

    private void change(ArrayNode array) {
        int at = random.nextInt(array.size());
        switch (random.nextInt(6)) {
            case 0 -> array.remove(at);
            case 1 -> array.add(array.get(at));
            case 2 -> {
                JsonNode repeated = array.get(at);
                for (int time = random.nextInt(2000); time > 0; time--) {
                    array.add(repeated);
                }
            }
            default -> array.set(at, other(array.get(at)));
        }
    }

    private String key(String key) {
        return switch (random.nextInt(5)) {
            case 0 -> key + "\u001b[31m";
            case 1 -> key.toUpperCase(Locale.ROOT);
            case 2 -> "";
            case 3 -> key.substring(0, Math.min(key.length(), 200)).repeat(1 + random.nextInt(500));
            default -> "a.{v}.0";
        };
    }

    private JsonNode other(JsonNode old) {
        return switch (random.nextInt(6)) {
            case 0 -> old.isNumber() ? raw(nearby(old)) : raw("\"" + "x".repeat(1 << random.nextInt(18)) + "\"");
            case 1 -> nested(old);
            case 2 -> JSON.createArrayNode().add(old);
            default -> raw(VALUES.get(random.nextInt(VALUES.size())));
        };
    }

    private String nearby(JsonNode number) {
        long value = number.asLong();
        long[] near = {value + 1, value - 1, -value, value * 2, value * 1000, 1L << random.nextInt(63)};
        return Long.toString(near[random.nextInt(near.length)]);
    }

    /** Some depths are within all limits, some beyond. */
    private JsonNode nested(JsonNode old) {
        int depth = random.nextInt(10) == 0 ? 20_000 : 1 + random.nextInt(100);
        boolean arrays = random.nextBoolean();
        return raw((arrays ? "[" : "{\"a\":").repeat(depth) + new String(text(old), StandardCharsets.UTF_8)
                + (arrays ? "]" : "}").repeat(depth));
    }

    private JsonNode raw(String json) {
        return JSON.getNodeFactory().rawValueNode(new RawValue(json));
    }

    private byte[] text(JsonNode tree) {
        StringBuilder text = new StringBuilder();
        write(tree, text);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Now and then a key is written twice, or an ordinary character as an escape. Breaks off when too long. */
    private void write(JsonNode node, StringBuilder text) {
        if (text.length() > LARGEST) {
            return;
        }
        switch (node) {
            case ObjectNode object -> {
                text.append('{');
                String separator = "";
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    for (int times = random.nextInt(400) == 0 ? 2 : 1; times > 0; times--) {
                        text.append(separator);
                        string(field.getKey(), text);
                        text.append(':');
                        write(field.getValue(), text);
                        separator = ",";
                    }
                }
                text.append('}');
            }
            case ArrayNode array -> {
                text.append('[');
                String separator = "";
                for (JsonNode element : array) {
                    text.append(separator);
                    write(element, text);
                    separator = ",";
                }
                text.append(']');
            }
            case JsonNode value when value.isTextual() -> string(value.textValue(), text);
            case JsonNode value -> text.append(value);
        }
    }

    private void string(String value, StringBuilder text) {
        text.append('"');
        if (!value.isEmpty() && random.nextInt(100) == 0) {
            value.chars().forEach(unit -> text.append(String.format("\\u%04x", unit)));
        } else {
            text.append(JsonStringEncoder.getInstance().quoteAsString(value));
        }
        text.append('"');
    }
}

package org.thalweg.symmetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.Permutation;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.group.Translation;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/**
 * Alignments as JSON: {@code {"format": …, "architecture": …, "elements": {SPACE: {"permutation": [2, 0, 1]}}}},
 * spaces in the architecture's order, numbers in the shortest form that reads back as the same double. A matrix of more
 * than 4,096 numbers stands in a safetensors file beside: {@code alignment.json} then holds
 * {@code {"orthogonal": {"tensor": "SPACE"}}} and {@code alignment.safetensors} a float64 tensor of that name. Equal
 * alignments give equal bytes. Reading trusts nothing: sizes, kinds and ranges are checked against the architecture.
 */
public final class AlignmentFile {
    private static final String FORMAT = "thalweg-alignment/1";
    private static final int LARGEST_FILE = 1 << 28;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Set<String> KEYS =
            Arrays.stream(GroupKind.values()).map(AlignmentFile::key).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> MATRICES = Set.of(key(GroupKind.ORTHOGONAL), key(GroupKind.INVERTIBLE));

    private AlignmentFile() {}

    /**
     * Writes or replaces a file and, when the alignment has large matrices, the file of tensors beside it.
     *
     * @param alignment what to write
     * @param file where; its name ends in {@code .json}
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Alignment alignment, Path file) {
        AlignmentTensors.write(alignment, file);
        DurableFile.writeText(file, text(alignment, true));
    }

    /**
     * The alignment as one text, large matrices included.
     *
     * @param alignment what to write
     * @return JSON with a line for each space
     */
    public static String toJson(Alignment alignment) {
        return text(alignment, false);
    }

    private static String text(Alignment alignment, boolean largeApart) {
        StringBuilder text = new StringBuilder("{\n\"format\": \"" + FORMAT + "\",\n\"architecture\": ")
                .append(JsonNodeFactory.instance.textNode(alignment.architecture().name()))
                .append(",\n\"elements\": {");
        String separator = "\n";
        for (Map.Entry<String, GroupElement> entry : alignment.elements().entrySet()) {
            String space = entry.getKey();
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            String key = key(alignment.architecture().space(space).group().kind());
            if (largeApart && AlignmentTensors.holds(entry.getValue())) {
                node.putObject(key).put("tensor", space);
            } else {
                fill(node.putArray(key), entry.getValue());
            }
            text.append(separator).append(JsonNodeFactory.instance.textNode(space)).append(": ").append(node);
            separator = ",\n";
        }
        return text.append("\n}\n}\n").toString();
    }

    /** What an element of a group is called in the file. */
    private static String key(GroupKind kind) {
        return (kind == GroupKind.NONE ? GroupKind.PERMUTATION : kind).family().replace('-', '_');
    }

    private static void fill(ArrayNode array, GroupElement element) {
        switch (element) {
            case Permutation(int[] image) -> fill(array, image);
            case SignedPermutation signed -> fill(array, oneBased(signed));
            case Translation(double[] offsets) -> fill(array, offsets);
            case Scaling(double[] factors) -> fill(array, factors);
            case LinearMap map -> fill(array, map.entries());
            case RotaryMap map -> fill(array, map.numbers());
        }
    }

    /** Image plus 1, negative where the sign changes: position 0 has a sign too. */
    private static int[] oneBased(SignedPermutation signed) {
        boolean[] negative = signed.negative();
        int[] result = signed.unsigned().image();
        Arrays.setAll(result, i -> negative[i] ? -1 - result[i] : 1 + result[i]);
        return result;
    }

    private static SignedPermutation signed(int[] oneBased) {
        boolean[] negative = new boolean[oneBased.length];
        int[] image = new int[oneBased.length];
        for (int i = 0; i < image.length; i++) {
            negative[i] = oneBased[i] < 0;
            image[i] = (negative[i] ? -oneBased[i] : oneBased[i]) - 1;
        }
        return new SignedPermutation(new Permutation(image), negative);
    }

    private static void fill(ArrayNode array, int[] numbers) {
        for (int number : numbers) {
            array.add(number);
        }
    }

    private static void fill(ArrayNode array, double[] numbers) {
        for (double number : numbers) {
            array.add(number);
        }
    }

    /**
     * Reads a file, and the file of tensors beside it when it names any.
     *
     * @param file at most 256 MiB
     * @param architecture what the alignment must fit
     * @return the alignment
     * @throws WorkFailure naming file and space, when it is unreadable or does not fit
     */
    public static Alignment read(Path file, Architecture architecture) {
        InputFile.requireRegular(file);
        try (AlignmentTensors tensors = AlignmentTensors.beside(file)) {
            return parsed(InputFile.text(file, LARGEST_FILE), architecture, new Source(file.toString(), tensors));
        }
    }

    /**
     * Reads text.
     *
     * @param json what {@link #toJson} wrote
     * @param architecture what the alignment must fit
     * @param source what to call it in failures
     * @return the alignment
     * @throws WorkFailure naming source and space, when it is malformed or does not fit
     */
    public static Alignment parse(String json, Architecture architecture, String source) {
        return parsed(json, architecture, new Source(source, AlignmentTensors.none()));
    }

    /** What an alignment is read from: its name in failures, and its large matrices. */
    private record Source(String name, AlignmentTensors tensors) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Alignment parsed(String json, Architecture architecture, Source source) {
        JsonNode root = tree(json, source);
        if (!root.path("format").asText().equals(FORMAT) || !root.path("elements").isObject()) {
            throw new WorkFailure(source + " is no alignment: expected \"format\": \"" + FORMAT
                    + "\" and an object \"elements\".");
        }
        if (!root.path("architecture").asText().equals(architecture.name())) {
            throw new WorkFailure(source + " aligns models of the architecture "
                    + Shown.name(root.path("architecture").asText()) + ", not '" + architecture.name() + "'.");
        }
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.path("elements").properties()) {
            if (!architecture.spaces().containsKey(entry.getKey())) {
                throw new WorkFailure(source + " has an element for the space " + Shown.name(entry.getKey())
                        + ", which this model does not have.");
            }
            elements.put(entry.getKey(), element(entry.getValue(), architecture.space(entry.getKey()), source));
        }
        return new Alignment(architecture, elements);
    }

    private static JsonNode tree(String json, Source source) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new WorkFailure(source + " is no JSON: " + MalformedJson.reason(malformed) + ".", malformed);
        }
    }

    private static GroupElement element(JsonNode node, Space space, Source source) {
        Group group = space.group();
        String key = node.properties().size() == 1 ? node.fieldNames().next() : "";
        JsonNode array = node.path(key);
        boolean apart = MATRICES.contains(key) && array.size() == 1 && array.path("tensor").isTextual();
        if (!KEYS.contains(key) || !apart && (!array.isArray() || array.size() != group.coordinates())) {
            throw refusal(space, source, "expected one array of length " + group.coordinates());
        }
        if (!key.equals(key(group.kind()))) {
            throw refusal(space, source, "its group is '" + group.kind().label() + "', not '" + key + "'");
        }
        try {
            GroupElement element = switch (group.kind()) {
                case NONE, PERMUTATION -> new Permutation(integers(array));
                case SIGNED_PERMUTATION -> signed(integers(array));
                case TRANSLATION -> new Translation(numbers(array));
                case POSITIVE_SCALING, SIGNED_SCALING -> new Scaling(numbers(array));
                case ORTHOGONAL, CENTRED_ORTHOGONAL -> LinearMap.orthogonal(matrix(array, group.size(), source));
                case INVERTIBLE -> LinearMap.invertible(matrix(array, group.size(), source));
                case ROTARY_HALVES, ROTARY_PAIRS ->
                    new RotaryMap(numbers(array), group.kind() == GroupKind.ROTARY_PAIRS);
            };
            if (!group.contains(element)) {
                throw refusal(space, source, "its group '" + group.kind().label() + "' does not have that element");
            }
            return element;
        } catch (IllegalArgumentException bad) {
            throw refusal(space, source, bad.getMessage());
        }
    }

    private static double[] matrix(JsonNode node, int size, Source source) {
        return node.isArray() ? numbers(node) : source.tensors().entries(node.path("tensor").textValue(), size);
    }

    private static WorkFailure refusal(Space space, Source source, String why) {
        return new WorkFailure(source + " has a bad element for the space '" + space.name() + "': " + why + ".");
    }

    private static int[] integers(JsonNode array) {
        int[] result = new int[array.size()];
        for (int i = 0; i < result.length; i++) {
            if (!array.get(i).isInt()) {
                throw new IllegalArgumentException("entry " + i + " is no whole number");
            }
            result[i] = array.get(i).intValue();
        }
        return result;
    }

    private static double[] numbers(JsonNode array) {
        double[] result = new double[array.size()];
        for (int i = 0; i < result.length; i++) {
            if (!array.get(i).isNumber()) {
                throw new IllegalArgumentException("entry " + i + " is no number");
            }
            result[i] = array.get(i).doubleValue();
        }
        return result;
    }
}

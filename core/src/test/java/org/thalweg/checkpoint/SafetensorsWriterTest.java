package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class SafetensorsWriterTest {
    @TempDir
    private Path directory;

    @Test
    void writesTheBytesTheFormatDescribes() throws IOException {
        Path path = directory.resolve("m.safetensors");
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("flags", Tensor.of(new double[] {1, 0, 1}, 3).to(DType.BOOL));
            tensors.put("w", Tensor.of(new float[] {1.5f, -2f}, 1, 2));
            SafetensorsWriter.write(path, Map.of("tool", "thalweg", "seed", "7"), Parameters.of(tensors));
        }
        String header = "{\"__metadata__\":{\"seed\":\"7\",\"tool\":\"thalweg\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                + "\"flags\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[8,11]}}";
        int padded = (header.length() + 7) / 8 * 8;
        byte[] expected = ByteBuffer.allocate(8 + padded + 11)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8))
                .putFloat(1.5f)
                .putFloat(-2f)
                .put(new byte[] {1, 0, 1})
                .array();
        assertThat(Files.readAllBytes(path)).isEqualTo(expected);
    }

    @Test
    void everyTypeSurvivesTheWayThroughAFile() {
        Path path = directory.resolve("m.safetensors");
        try (Scope scope = Scope.open()) {
            Parameters written = everyType();
            SafetensorsWriter.write(path, Map.of(), written);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.metadata()).isEmpty();
                assertThat(file.tensors().keySet()).containsExactlyInAnyOrderElementsOf(written.names());
                written.asMap().forEach((name, tensor) -> {
                    Tensor read = file.read(name);
                    assertThat(read.dtype()).isEqualTo(tensor.dtype());
                    assertThat(read.shape()).isEqualTo(tensor.shape());
                    assertThat(read.toDoubles()).isEqualTo(tensor.toDoubles());
                });
            }
        }
    }

    @Test
    void anIndependentReaderFindsTheSameNumbers() throws IOException {
        Path path = directory.resolve("m.safetensors");
        try (Scope scope = Scope.open()) {
            Parameters written = everyType();
            SafetensorsWriter.write(path, Map.of("k", "v é"), written);
            ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
            int length = Math.toIntExact(file.getLong());
            byte[] text = new byte[length];
            file.get(text);
            assertThat(length % 8).isZero();
            assertThat(text[0]).isEqualTo((byte) '{');
            ObjectNode header = (ObjectNode) new ObjectMapper().readTree(text);
            assertThat(header.remove("__metadata__")).hasToString("{\"k\":\"v é\"}");
            assertThat(header.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(written.names());
            ByteBuffer data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
            int end = 0;
            for (Map.Entry<String, JsonNode> entry : header.properties()) {
                assertThat(entry.getValue().at("/data_offsets/0").asInt()).isEqualTo(end);
                end = entry.getValue().at("/data_offsets/1").asInt();
                Tensor tensor = written.get(entry.getKey());
                assertThat(entry.getValue().get("shape")).hasToString(
                        Arrays.toString(tensor.shape()).replace(" ", ""));
                assertThat(numbers(data, entry.getValue(), 8 + length)).as(entry.getKey())
                        .containsExactly(tensor.toDoubles());
            }
            assertThat(data.capacity()).isEqualTo(end);
        }
    }

    /** The numbers of a tensor, read as the format's description says and by none of our code. */
    private static double[] numbers(ByteBuffer data, JsonNode entry, int dataStart) {
        String type = entry.get("dtype").asText();
        int width = switch (type) {
            case "F64", "I64" -> 8;
            case "F32", "I32" -> 4;
            case "F16", "BF16" -> 2;
            case "U8", "BOOL" -> 1;
            default -> throw new AssertionError("no type of the format: " + type);
        };
        int begin = entry.at("/data_offsets/0").asInt();
        assertThat((dataStart + begin) % width).isZero();
        double[] numbers = new double[(entry.at("/data_offsets/1").asInt() - begin) / width];
        for (int k = 0; k < numbers.length; k++) {
            int at = begin + k * width;
            numbers[k] = switch (type) {
                case "F64" -> data.getDouble(at);
                case "F32" -> data.getFloat(at);
                case "F16" -> Float.float16ToFloat(data.getShort(at));
                case "BF16" -> Float.intBitsToFloat(data.getShort(at) << 16);
                case "I64" -> data.getLong(at);
                case "I32" -> data.getInt(at);
                default -> Byte.toUnsignedInt(data.get(at));
            };
        }
        return numbers;
    }

    @Test
    void tensorsThatAreViewsAreWrittenInRowMajorOrder() {
        Path path = directory.resolve("m.safetensors");
        try (Scope scope = Scope.open()) {
            Tensor transposed = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1);
            SafetensorsWriter.write(path, Map.of(), Parameters.of(Map.of("t", transposed)));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.read("t").toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
                assertThat(file.read("t").shape()).containsExactly(3, 2);
            }
        }
    }

    @Test
    void typesThatCannotBeComputedWithAreCopiedFromFileToFile() throws IOException {
        Path from = RawFile.of(
                        "{\"q\":{\"dtype\":\"F8_E4M3\",\"shape\":[3],\"data_offsets\":[0,3]}}   ",
                        (byte) 1, (byte) 2, (byte) 3)
                .in(directory);
        Path to = directory.resolve("copy.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(from)) {
            Map<String, TensorLayout> tensors = new LinkedHashMap<>();
            file.tensors().forEach((name, entry) -> tensors.put(name, entry.layout()));
            SafetensorsWriter.write(to, file.metadata(), tensors, file);
        }
        try (SafetensorsFile copy = SafetensorsFile.open(to)) {
            assertThat(copy.bytes("q").toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aSourceThatGivesTheWrongNumberOfBytesLeavesNoFile() {
        Path path = directory.resolve("m.safetensors");
        Map<String, TensorLayout> tensors = Map.of("a", new TensorLayout(ElementType.F32, new long[] {2}));
        assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of(), tensors, (name, receiver) -> {
                    receiver.accept(MemorySegment.ofArray(new byte[4]));
                    receiver.accept(MemorySegment.ofArray(new byte[5]));
                }))
                .hasMessage("tensor 'a' takes 8 bytes, but 9 were given");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesTheReservedName() {
        Map<String, TensorLayout> tensors = Map.of("__metadata__", new TensorLayout(ElementType.U8, new long[0]));
        assertThatThrownBy(() -> SafetensorsWriter.write(directory.resolve("m"), Map.of(), tensors, (n, r) -> {}))
                .hasMessage("no tensor can be named __metadata__ in a safetensors file");
    }

    private static Parameters everyType() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            tensors.put("matrix." + dtype, Random.seeded(3).normal(DType.FLOAT32, 3, 5).abs().to(dtype));
        }
        tensors.put("scalar", Tensor.of(new double[] {0.1}));
        tensors.put("empty", Tensor.zeros(DType.FLOAT32, 0, 4));
        return Parameters.of(tensors);
    }
}

package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class SafetensorsWriterTest {
    /** Knows the format from its description only: struct, json and numpy. Prints names, types, shapes, elements. */
    private static final String INDEPENDENT_READER = """
            import json, struct, sys
            import numpy as np
            types = {'F64': '<f8', 'F32': '<f4', 'F16': '<f2', 'BF16': '<u2', 'I64': '<i8', 'I32': '<i4', 'U8': 'u1',
                     'BOOL': '?'}
            raw = open(sys.argv[1], 'rb').read()
            (length,) = struct.unpack('<Q', raw[:8])
            assert length % 8 == 0 and raw[8:9] == b'{'
            header = json.loads(raw[8:8 + length].decode('utf-8'))
            print('metadata', json.dumps(header.pop('__metadata__'), sort_keys=True))
            data = raw[8 + length:]
            for name, at in header.items():
                begin, end = at['data_offsets']
                kind = np.dtype(types[at['dtype']])
                assert (8 + length + begin) % kind.itemsize == 0, name
                values = np.frombuffer(data[begin:end], kind).reshape(at['shape'])
                if at['dtype'] == 'BF16':
                    values = (values.astype(np.uint32) << 16).view(np.float32)
                print(name, at['dtype'], at['shape'], [float(v) for v in values.ravel()])
            assert max(at['data_offsets'][1] for at in header.values()) == len(data)
            """;

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
    void anIndependentReaderFindsTheSameNumbers() throws Exception {
        assumeThat(python("import numpy")).as("python3 with numpy").isEqualTo(Map.entry(0, ""));
        Path path = directory.resolve("m.safetensors");
        StringBuilder expected = new StringBuilder("metadata {\"k\": \"v \\u00e9\"}\n");
        try (Scope scope = Scope.open()) {
            Parameters written = everyType();
            SafetensorsWriter.write(path, Map.of("k", "v é"), written);
            SafetensorsWriter.storageOrder(SafetensorsWriter.layouts(written)).forEach(tensor -> expected
                    .append(tensor.getKey()).append(' ')
                    .append(tensor.getValue().type()).append(' ')
                    .append(Arrays.toString(tensor.getValue().shape())).append(' ')
                    .append(pythonList(written.get(tensor.getKey()).toDoubles())).append('\n'));
        }
        Map.Entry<Integer, String> answer = python(INDEPENDENT_READER, path.toString());
        assertThat(numbersNormalised(answer.getValue())).isEqualTo(expected.toString());
        assertThat(answer.getKey()).isZero();
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

    private static String pythonList(double[] values) {
        return Arrays.toString(values);
    }

    /** Python and Java print the same shortest digits but write exponents differently. */
    private static String numbersNormalised(String output) {
        StringBuilder result = new StringBuilder();
        for (String token : output.split("(?<=[\\[\\], \\n])|(?=[\\[\\], \\n])")) {
            boolean number = token.matches("-?\\d+\\.\\d+(e-?\\d+)?|-?\\d+e-?\\d+");
            result.append(number ? Double.toString(Double.parseDouble(token)) : token);
        }
        return result.toString();
    }

    private static Map.Entry<Integer, String> python(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "-c", program));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Map.entry(process.waitFor(), output);
        } catch (IOException noPython) {
            return Map.entry(127, "no python3");
        }
    }
}

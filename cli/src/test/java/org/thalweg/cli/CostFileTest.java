package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostFileTest {
    private static final double[] COSTS = {4, 1, 3, 2, 0, 5, 3, 2, 2};

    private static final double[] NEAR_ONE_BILLION =
            Arrays.stream(COSTS).map(cost -> 1e9 + cost).toArray();

    @TempDir
    private Path directory;

    /** A tensor to be written: its entry in the header and its bytes. */
    private record Stored(String name, String type, String shape, byte[] bytes) {}

    private static Stored matrix(String name, String type, double... values) {
        int width = type.equals("F64") ? 8 : type.equals("F32") ? 4 : 2;
        ByteBuffer bytes = ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (type) {
                case "F64" -> bytes.putDouble(value);
                case "F32" -> bytes.putFloat((float) value);
                case "F16" -> bytes.putShort(Float.floatToFloat16((float) value));
                default -> bytes.putShort((short) (Float.floatToIntBits((float) value) >>> 16));
            }
        }
        return new Stored(name, type, "[" + values.length / 3 + ",3]", bytes.array());
    }

    private String file(Stored... tensors) throws IOException {
        List<String> entries = new ArrayList<>();
        int begin = 0;
        for (Stored tensor : tensors) {
            int end = begin + tensor.bytes.length;
            entries.add("\"" + tensor.name + "\":{\"dtype\":\"" + tensor.type + "\",\"shape\":" + tensor.shape
                    + ",\"data_offsets\":[" + begin + "," + end + "]}");
            begin = end;
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer whole = ByteBuffer.allocate(8 + header.length + begin).order(ByteOrder.LITTLE_ENDIAN);
        whole.putLong(header.length).put(header);
        for (Stored tensor : tensors) {
            whole.put(tensor.bytes);
        }
        return Files.write(directory.resolve("costs.safetensors"), whole.array()).toString();
    }

    @Test
    void readsEveryFloatingType() throws IOException {
        for (String type : List.of("F64", "F32", "F16", "BF16")) {
            Ran ran = Ran.command("assign", file(matrix("cost", type, COSTS)), "--json");
            assertThat(ran.document().get("column_of_row").toString()).as(type + ran.err()).isEqualTo("[1,0,2]");
            assertThat(ran.document().get("cost").asDouble()).isEqualTo(5);
        }
    }

    @Test
    void roundsNoCostOfDoubles() throws IOException {
        Ran ran = Ran.command("assign", file(matrix("cost", "F64", NEAR_ONE_BILLION)), "--json");
        assertThat(ran.document().get("column_of_row").toString()).isEqualTo("[1,0,2]");
        assertThat(ran.document().get("cost").asDouble()).isEqualTo(3e9 + 5);
        assertThat(ran.document().get("gap").asDouble()).isZero();
    }

    @Test
    void takesTheNamedTensorOrTheOnlyMatrix() throws IOException {
        Stored vector = new Stored("bias", "F32", "[3]", new byte[12]);
        assertThat(Ran.command("assign", file(vector, matrix("cost", "F32", COSTS))).code()).isZero();
        String two = file(matrix("first", "F32", COSTS), matrix("second", "F32", COSTS), vector);
        Ran.command("assign", two).failedWith(2, two, "2 matrices", "--tensor: first, second");
        assertThat(Ran.command("assign", two, "--tensor", "second").code()).isZero();
        Ran.command("assign", two, "--tensor", "third").failedWith(1, two, "third");
        Ran.command("assign", two, "--tensor", "bias").failedWith(1, "'bias' is F32[3]", "two axes");
    }

    @Test
    void refusesWhatIsNoMatrixOfNumbers() throws IOException {
        Ran.command("assign", file(new Stored("bias", "F32", "[3]", new byte[12]))).failedWith(1, "no tensor");
        Ran.command("assign", file(new Stored("index", "I64", "[1,3]", new byte[24]))).failedWith(1, "I64", "F32");
        Ran.command("assign", file(new Stored("none", "F32", "[2000000000,0]", new byte[0])))
                .failedWith(1, "holds no costs");
        Ran.command("assign", file(matrix("cost", "F64", 1e301, 1, 1))).failedWith(1, "1.0E301", "scale");
        Ran.command("assign", file(matrix("cost", "F32", Double.NaN, 1, 1))).failedWith(1, "NaN");
        Ran.command("assign", "costs.npy", "--tensor", "cost").failedWith(2, "--tensor");
    }
}

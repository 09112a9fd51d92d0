package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import picocli.CommandLine;

class AssignCommandTest {
    @TempDir
    private Path directory;

    @Test
    void printsOneJsonDocumentWithTheKeysOfTheManual() throws IOException {
        Path cost = write(4, 1, 3, 2, 0, 5, 3, 2, 2);
        Path columns = directory.resolve("columns.npy");
        JsonNode document = new ObjectMapper().readTree(
                run(cost.toString(), "--json", "--repeat", "3", "--out", columns.toString()));
        assertThat(document.fieldNames()).toIterable()
                .containsExactly("rows", "columns", "cost", "gap", "solve_seconds", "column_of_row");
        assertThat(document.get("cost").asDouble()).isEqualTo(5);
        assertThat(document.get("gap").asDouble()).isZero();
        assertThat(document.get("solve_seconds").asDouble()).isPositive();
        assertThat(document.get("column_of_row").toString()).isEqualTo("[1,0,2]");
        assertThat(Files.size(columns)).isEqualTo(128 + 24);
    }

    @Test
    void maximisesWhenAsked() {
        assertThat(run(write(4, 1, 3, 2, 0, 5, 3, 2, 2).toString(), "--maximize"))
                .contains("rows 3, columns 3").contains("cost 11").contains("duality gap 0").contains("solved in ");
    }

    @Test
    void solvesAndCertifiesTheIntegersOfTheFileRatherThanTheirNearestFloats() throws IOException {
        // Rounded to float32 all of these are one number, so that every assignment would look optimal.
        long[] integers = new long[16];
        Random random = new Random(5);
        for (int k = 0; k < integers.length; k++) {
            integers[k] = 1_000_000_000L + random.nextInt(30);
        }
        Path file = write("<i8", 4, bytes -> Arrays.stream(integers).forEach(bytes::putLong));
        JsonNode document = new ObjectMapper().readTree(run(file.toString(), "--json"));
        assertThat(document.get("cost").asDouble()).isEqualTo(cheapest(integers, 0, 0));
        assertThat(document.get("gap").asDouble()).isZero();
        long sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += integers[4 * i + document.get("column_of_row").get(i).asInt()];
        }
        assertThat(document.get("cost").asDouble()).isEqualTo(sum);
        assertThat(run(file.toString())).contains("cost " + (double) sum);
    }

    private static long cheapest(long[] cost, int row, int used) {
        long best = row == 4 ? 0 : Long.MAX_VALUE;
        for (int j = 0; j < 4 && row < 4; j++) {
            if ((used & 1 << j) == 0) {
                best = Math.min(best, cost[4 * row + j] + cheapest(cost, row + 1, used | 1 << j));
            }
        }
        return best;
    }

    @Test
    void saysWhichFileHoldsNoCosts() {
        String file = write(4, 1, 3, 2, Float.NaN, 5, 3, 2, 2).toString();
        assertThatThrownBy(() -> run(file)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(file + ": the cost matrix holds NaN at row 1, column 1;");
        float no = Float.POSITIVE_INFINITY;
        String impossible = write(4, no, no, 2, no, no, 3, 2, 2).toString();
        assertThatThrownBy(() -> run(impossible)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("no complete assignment exists");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> run("matrix.csv")).isInstanceOf(WrongUse.class).hasMessageContaining(".npy");
        assertThatThrownBy(() -> run(write(1, 1, 1, 1, 1, 1, 1, 1, 1).toString(), "--repeat", "0"))
                .isInstanceOf(WrongUse.class).hasMessage("--repeat must be at least 1, not 0.");
    }

    private static String run(String... arguments) {
        StringWriter text = new StringWriter();
        CommandLine line = new CommandLine(new AssignCommand()).setOut(new PrintWriter(text));
        AtomicReference<Optional<Exception>> failure = new AtomicReference<>(Optional.empty());
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            failure.set(Optional.of(thrown));
            return 1;
        });
        int code = line.execute(arguments);
        if (failure.get().isPresent() && failure.get().get() instanceof RuntimeException told) {
            throw told;
        }
        assertThat(code).isZero();
        return text.toString();
    }

    private Path write(float... nine) {
        return write("<f4", 3, bytes -> {
            for (float number : nine) {
                bytes.putFloat(number);
            }
        });
    }

    private Path write(String type, int n, Consumer<ByteBuffer> numbers) {
        byte[] header = ("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + n + ", " + n + "), }\n")
                .getBytes(StandardCharsets.US_ASCII);
        int width = type.charAt(2) - '0';
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length + n * n * width).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        bytes.putShort((short) header.length).put(header);
        numbers.accept(bytes);
        try {
            return Files.write(directory.resolve("cost.npy"), bytes.array());
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        }
    }
}

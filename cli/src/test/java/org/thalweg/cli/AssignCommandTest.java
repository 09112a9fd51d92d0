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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
        byte[] header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }\n"
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length + 36).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        bytes.putShort((short) header.length).put(header);
        for (float number : nine) {
            bytes.putFloat(number);
        }
        try {
            return Files.write(directory.resolve("cost.npy"), bytes.array());
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        }
    }
}

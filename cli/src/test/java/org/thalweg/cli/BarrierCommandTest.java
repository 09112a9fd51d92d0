package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import picocli.CommandLine;

class BarrierCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter printed = new StringWriter();

    @Test
    void jsonIsOneDocumentWithEveryDefinition() throws IOException {
        Path file = file("t,loss,accuracy\n0,1,0.9\n0.5,3,0.4\n1,2,0.8\n");
        assertThat(run(file.toString(), "--json")).isZero();
        JsonNode loss = new JsonMapper().readTree(printed.toString()).get("loss");
        assertThat(loss.get("barrier").asDouble()).isEqualTo(1.5);
        assertThat(loss.get("barrier_at").asDouble()).isEqualTo(0.5);
        assertThat(loss.get("barrier_over_mean").asDouble()).isEqualTo(1.5);
        assertThat(loss.get("barrier_over_worse_end").asDouble()).isEqualTo(1);
        assertThat(loss.get("auc_signed").asDouble()).isEqualTo(0.75);
        assertThat(loss.get("auc_positive").asDouble()).isEqualTo(0.75);
        assertThat(new JsonMapper().readTree(printed.toString()).get("accuracy").get("worst").asDouble())
                .isEqualTo(0.4);
    }

    @Test
    void tableNamesEveryDefinitionAndTheDirectionOfT() throws IOException {
        Path file = file("loss,t\n1,0\n3,0.5\n2,1\n");
        assertThat(run(file.toString())).isZero();
        assertThat(printed.toString()).contains("barrier over the chord                     1.500000")
                .contains("AUC over the chord, positive part").contains("t=0 is A, t=1 is B")
                .doesNotContain("accuracy\n");
    }

    @Test
    void badFileBecomesAWorkFailureNotAStackTraceOfTheReader() throws IOException {
        Path file = file("t,loss\n0,1\n1,x\n");
        CommandLine command = command();
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            assertThat(failure).isInstanceOf(WorkFailure.class)
                    .hasMessage("cannot read a curve from " + file + ", line 3: loss must be a number, found 'x'.");
            return 1;
        });
        assertThat(command.execute(file.toString())).isOne();
    }

    private int run(String... arguments) {
        return command().execute(arguments);
    }

    private CommandLine command() {
        return new CommandLine(new BarrierCommand()).setOut(new PrintWriter(printed, true));
    }

    private Path file(String text) throws IOException {
        Path file = directory.resolve("curve.csv");
        Files.writeString(file, text);
        return file;
    }
}

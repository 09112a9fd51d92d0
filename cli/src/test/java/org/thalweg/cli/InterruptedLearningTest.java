package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** {@code align --method learned} that a signal ends; that the result is the same is a test of the learning itself. */
@Timeout(300)
class InterruptedLearningTest {
    private static final String SAVING = "thalweg: align: saving; run the same command again to go on.";

    @TempDir
    private Path directory;

    @TempDir
    private Path logs;

    private void write(String name, long seed) throws IOException {
        ObjectNode config = (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "llama", "vocab_size": 13, "hidden_size": 32, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 32, "rms_norm_eps": 1e-5}
                """);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory.resolve(name), config,
                    SmallDecoders.of(config).initialise(Random.seeded(seed)), Map.of());
        }
    }

    /** Many steps, each of many windows, so that it learns for longer than it takes to be told so. */
    private List<String> command(String... more) {
        List<String> command = new ArrayList<>(List.of("align", place("a"), place("b"), "--out", place("out"),
                "--method", "learned", "--data", place("ids.json"), "--window", "16"));
        command.addAll(List.of(more));
        return command;
    }

    private String place(String name) {
        return directory.resolve(name).toString();
    }

    @BeforeEach
    void write() throws IOException {
        write("a", 1);
        write("b", 2);
        Files.writeString(directory.resolve("ids.json"),
                "[" + IntStream.range(0, 40_000).mapToObj(i -> (long) i * i % 13).toList() + "]");
    }

    /** Runs a command in a process of its own and ends it when it has said something. */
    private String endedAfter(String said, String log, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-cp", Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                        .orElse(System.getProperty("java.class.path")),
                Thalweg.class.getName()));
        command.addAll(arguments);
        Path output = logs.resolve(log);
        Process child = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        while (child.isAlive() && !Files.readString(output).contains(said)) {
            Thread.sleep(20);
        }
        child.destroy();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(Files.readString(output)).isEqualTo(143);
        return Files.readString(output);
    }

    private List<String> hidden() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).filter(name -> name.startsWith(".")).toList();
        }
    }

    @Test
    void aSignalLeavesAStateFromWhichTheSameCommandGoesOn() throws Exception {
        List<String> command = command("--steps", "100000", "--batch", "512");
        assertThat(endedAfter("align: learning", "first", command)).contains(SAVING);
        assertThat(directory.resolve("out")).doesNotExist();
        assertThat(hidden()).containsExactly(".out.learning");
        assertThat(endedAfter("learning goes on after step ", "second", command)).contains(SAVING);
        assertThat(hidden()).containsExactly(".out.learning");
        Ran other = Ran.command(command("--steps", "2", "--batch", "4").toArray(String[]::new));
        assertThat(other.code()).as(other.err()).isZero();
        assertThat(other.err()).contains("thalweg: align: the snapshot " + directory.resolve(".out.learning")
                + " is of an unfinished learning with other models, data, settings or threads, and is not used;");
        assertThat(hidden()).isEmpty();
    }
}

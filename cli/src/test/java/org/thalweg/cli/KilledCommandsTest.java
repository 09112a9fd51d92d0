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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Commands that a signal ends while they write. The same at random moments, many times and for every command:
 * {@code benchmarks/java.sh Kills}.
 */
@Timeout(300)
class KilledCommandsTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path logs;

    private Path model;
    private Path out;

    /** Some MB, so that writing takes a while. */
    @BeforeEach
    void write() throws IOException {
        model = directory.resolve("model");
        out = directory.resolve("out");
        ObjectNode config = (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "llama", "vocab_size": 200, "hidden_size": 192, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 768, "rms_norm_eps": 1e-5}
                """);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(model, config, SmallDecoders.of(config).initialise(Random.seeded(1)), Map.of());
        }
    }

    private List<String> command(String name) {
        List<String> command = new ArrayList<>(List.of(name, model.toString(), "--out", out.toString(), "--overwrite"));
        if (name.equals("merge")) {
            command.add(2, model.toString());
            command.addAll(List.of("--method", "linear", "--weights", "1,2", "--align", "none"));
        }
        if (name.equals("scramble")) {
            command.addAll(List.of("--groups", "permutation", "--probes", "1"));
        }
        return command;
    }

    private Process child(String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-cp", Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                        .orElse(System.getProperty("java.class.path")),
                Thalweg.class.getName()));
        command.addAll(command(name));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(logs.resolve("log").toFile()).start();
    }

    private Set<String> hidden() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return Set.copyOf(entries.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(".")).toList());
        }
    }

    /** Ends a command by a signal once it has begun to write; false when it was over before that was seen. */
    private boolean endedWhileWriting(Process child, long laterMillis, boolean forcibly) throws Exception {
        while (child.isAlive() && hidden().stream().noneMatch(name -> name.endsWith(".part"))) {
            Thread.onSpinWait();
        }
        Thread.sleep(laterMillis);
        if (forcibly) {
            child.destroyForcibly();
        } else {
            child.destroy();
        }
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return child.exitValue() != 0;
    }

    private Digest weights(Path place) {
        return Digest.ofFile(place.resolve("model.safetensors"));
    }

    private void requireWhole(Digest source, Set<Digest> models) {
        assertThat(Ran.command("inspect", out.toString()).code()).isZero();
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(model) && !path.equals(out));
        assertThat(models).contains(weights(out));
        assertThat(weights(model)).isEqualTo(source);
    }

    @Test
    void aKilledCommandLeavesTheOldModelOrTheNewOne() throws Exception {
        Digest source = weights(model);
        int killed = 0;
        for (String name : List.of("scramble", "canonical", "merge")) {
            assertThat(Ran.command("scramble", model.toString(), "--out", out.toString(), "--seed", "9", "--overwrite")
                    .code()).isZero();
            Digest before = weights(out);
            assertThat(Ran.command(command(name).toArray(String[]::new)).code()).isZero();
            Digest after = weights(out);
            for (int later : new int[] {0, 5}) {
                killed += endedWhileWriting(child(name), later, true) ? 1 : 0;
                requireWhole(source, Set.of(before, after));
            }
        }
        assertThat(killed).as("commands that the signal found at work").isPositive();
    }

    @Test
    void aCommandThatIsAskedToEndLeavesNothingHalfWritten() throws Exception {
        Digest source = weights(model);
        int ended = 0;
        for (String name : List.of("scramble", "canonical", "merge")) {
            assertThat(Ran.command("scramble", model.toString(), "--out", out.toString(), "--seed", "9", "--overwrite")
                    .code()).isZero();
            Digest before = weights(out);
            Process child = child(name);
            boolean early = endedWhileWriting(child, 0, false);
            assertThat(hidden()).isEmpty();
            assertThat(child.exitValue()).isEqualTo(early ? 143 : 0);
            if (early) {
                ended++;
                Digest found = weights(out);
                assertThat(Ran.command(command(name).toArray(String[]::new)).code()).isZero();
                assertThat(found).isIn(before, weights(out));
            }
            requireWhole(source, Set.of(weights(out)));
        }
        assertThat(ended).as("commands that the signal found at work").isPositive();
    }
}

package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a virtual machine of its own shows: which libraries it loads, and what a foreign locale changes. */
class ChildJvmTest {
    @TempDir
    private Path directory;

    private record Child(int code, String out, String err) {}

    private Child run(String mainClass, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", classPath()));
        command.addAll(options);
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return end(new ProcessBuilder(command));
    }

    private Child end(ProcessBuilder command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process child = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        return new Child(child.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static String classPath() {
        return Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                .orElse(System.getProperty("java.class.path"));
    }

    private Path curve() throws IOException {
        return Files.writeString(directory.resolve("curve.csv"), "t,loss\n0,1\n0.5,3.25\n1,2\n");
    }

    /** A llama of one layer and zeros, written without libtorch. */
    private Path model() throws IOException {
        Path place = Files.createDirectory(directory.resolve("model"));
        Files.writeString(place.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 3, "hidden_size": 2, "num_hidden_layers": 1,
                 "num_attention_heads": 1, "intermediate_size": 2, "tie_word_embeddings": true}
                """);
        StringBuilder header = new StringBuilder("{");
        int end = 0;
        for (String tensor : List.of("embed_tokens 3,2", "norm 2", "layers.0.input_layernorm 2",
                "layers.0.post_attention_layernorm 2", "layers.0.self_attn.q_proj 2,2", "layers.0.self_attn.k_proj 2,2",
                "layers.0.self_attn.v_proj 2,2", "layers.0.self_attn.o_proj 2,2", "layers.0.mlp.gate_proj 2,2",
                "layers.0.mlp.up_proj 2,2", "layers.0.mlp.down_proj 2,2")) {
            String[] parts = tensor.split(" ");
            int bytes = Float.BYTES;
            for (String length : parts[1].split(",")) {
                bytes *= Integer.parseInt(length);
            }
            header.append(header.length() == 1 ? "" : ",").append("\"model.").append(parts[0])
                    .append(".weight\":{\"dtype\":\"F32\",\"shape\":[").append(parts[1])
                    .append("],\"data_offsets\":[").append(end).append(',').append(end += bytes).append("]}");
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        Files.write(place.resolve("model.safetensors"), ByteBuffer.allocate(Long.BYTES + json.length + end)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).array());
        return place;
    }

    @Test
    void commandsWithoutTensorsLoadNoLibtorch() throws IOException, InterruptedException {
        boolean listed = Files.isReadable(Path.of("/proc/self/maps"));
        Platform.require(listed, "a system that lists what is loaded");
        Child child = run(LoadedLibraries.class.getName(), List.of(),
                "--help", "/", "barrier", curve().toString(), "/", "scaling", "hyperparameters", "--compute", "1e20",
                "/", "study", "show", "mnist", "/", "identify", "--help",
                "/", "inspect", model().toString(),
                "/", "study", "run", "--help", "/", "study", "show", "quickstart", "--json");
        assertThat(child.code()).as(child.err()).isZero();
        assertThat(child.err().strip()).isEqualTo("no native library of a jar is loaded");
    }

    @Test
    void numbersAreTheSameInEveryLocale() throws IOException, InterruptedException {
        List<String> german = List.of("-Duser.language=de", "-Duser.country=DE", "-Dstdout.encoding=US-ASCII");
        Child table = run(Thalweg.class.getName(), german, "barrier", curve().toString());
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("1.750000").doesNotContain("1,75");
        Child document = run(Thalweg.class.getName(), german, "barrier", "--json", curve().toString());
        assertThat(new Ran(0, document.out(), "").document().at("/loss/barrier").asDouble()).isEqualTo(1.75);
    }

    @Test
    void streamsAreUtf8InEveryLocale() throws IOException, InterruptedException {
        Child child = run(Thalweg.class.getName(), List.of("-Dstderr.encoding=US-ASCII"), "study", "show", "Größe");
        assertThat(child.code()).isEqualTo(2);
        assertThat(child.err()).contains("there is no built-in study 'Größe'");
    }

    @Test
    void filesWithForeignNamesAreFoundWithoutHomeAndLocale() throws IOException, InterruptedException {
        Platform.require(Files.isExecutable(Path.of("/bin/bash")), "a system with bash");
        Path named = Files.move(model(), directory.resolve("Größe 模型"));
        ProcessBuilder launcher = new ProcessBuilder("/bin/bash", "-c", """
                set -euo pipefail
                source ../build-tools/jvm.sh
                set_java_command "$CLASSES"
                exec "${java_command[@]}" org.thalweg.cli.Thalweg inspect Gr*
                """);
        launcher.directory(Path.of("").toAbsolutePath().toFile());
        launcher.command().set(2, launcher.command().get(2).replace("Gr*", directory + "/Gr*"));
        launcher.environment().clear();
        launcher.environment().putAll(Map.of("PATH", System.getenv("PATH"),
                "JAVA_HOME", System.getProperty("java.home"), "LC_ALL", "C", "CLASSES", classPath()));
        Child child = end(launcher);
        assertThat(child.code()).as(child.err()).isZero();
        assertThat(child.out()).startsWith(named + ": llama");
    }

    @Test
    void aCacheThatCannotBeWrittenIsASentence() throws IOException, InterruptedException {
        // The one directory in which nobody can make a file, not even root.
        Platform.require(Files.isDirectory(Path.of("/proc/self")), "a system with /proc");
        String model = model().toString();
        Child child = run(Thalweg.class.getName(),
                List.of("--enable-native-access=ALL-UNNAMED", "-Dorg.bytedeco.javacpp.cachedir=/proc"),
                "verify", model, model);
        assertThat(child.code()).isOne();
        assertThat(child.err()).isEqualTo("thalweg: the native libraries are unpacked into /proc, which cannot be "
                + "written; set THALWEG_JAVA_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=DIR to a directory that can."
                + System.lineSeparator());
    }

    @Test
    void smallModelsRunOnOneThreadAndIdleThreadsSleep() throws IOException, InterruptedException {
        Child child = run(ThreadsOfWork.class.getName(), List.of("--enable-native-access=ALL-UNNAMED"),
                model().toString());
        assertThat(child.code()).as(child.err()).isZero();
        int all = Optional.ofNullable(System.getenv("OMP_NUM_THREADS")).map(Integer::parseInt)
                .orElse(Runtime.getRuntime().availableProcessors());
        assertThat(child.err().lines()).contains("after verify: 1", "for a large model: " + all);
        assertThat(child.err()).contains(System.getenv("OMP_WAIT_POLICY") == null ? "policy: passive" : "policy: ");
    }
}

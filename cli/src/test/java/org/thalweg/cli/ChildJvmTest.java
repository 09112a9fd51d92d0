package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a virtual machine of its own shows: which libraries it loads, and what a foreign locale changes. */
class ChildJvmTest {
    @TempDir
    private Path directory;

    private record Child(int code, String out, String err) {}

    private Child run(String mainClass, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp"));
        command.add(Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                .orElse(System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(mainClass);
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        return new Child(child.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private Path curve() throws IOException {
        return Files.writeString(directory.resolve("curve.csv"), "t,loss\n0,1\n0.5,3.25\n1,2\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void commandsWithoutTensorsLoadNoLibtorch() throws IOException, InterruptedException {
        Child child = run(LoadedLibraries.class.getName(), List.of(),
                "--help", "/", "barrier", curve().toString(), "/", "study", "show", "mnist", "/", "identify", "--help",
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
}

package org.thalweg.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LeftoversTest {
    @TempDir
    private Path parent;

    private static long dead() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    private List<String> left() throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void leftoversOfTheDeadGoAndThoseOfTheLivingStay() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        long dead = process.pid();
        long living = ProcessHandle.current().pid();
        Path torn = Files.createDirectories(parent.resolve(".x." + dead + ".part/inner"));
        Files.writeString(torn.resolve("a"), "a");
        Files.writeString(parent.resolve(".file.json." + dead + ".part"), "half");
        Path busy = Files.createDirectory(parent.resolve(".y." + living + ".part"));
        Files.createDirectory(parent.resolve(".z." + dead + ".old"));
        Files.createDirectory(parent.resolve("w"));
        Files.createDirectory(parent.resolve(".w." + dead + ".old"));
        Leftovers.clear(parent);
        try (var left = Files.list(parent)) {
            assertThat(left).containsExactlyInAnyOrder(busy, parent.resolve("w"), parent.resolve("z"));
        }
        Leftovers.clear(parent.resolve("absent"));
    }

    @Test
    void aDirectoryThatWasMovedAsideIsPutBackAndTold() throws Exception {
        long dead = dead();
        Files.writeString(Files.createDirectory(parent.resolve(".m." + dead + ".old")).resolve("weights"), "mine");
        Files.createDirectory(parent.resolve(".m." + dead + ".part"));
        Files.createFile(parent.resolve(".m." + dead + ".lock"));
        assertThat(Leftovers.clear(parent)).containsExactly(
                "put back " + parent.resolve("m") + ", which a killed run had moved aside.");
        assertThat(left()).containsExactly("m");
        assertThat(parent.resolve("m/weights")).hasContent("mine");
    }

    @Test
    void theOnlyCopyIsKeptWhenSomethingElseTookItsPlace() throws Exception {
        long dead = dead();
        Path old = Files.createDirectory(parent.resolve(".m." + dead + ".old"));
        Files.createDirectory(parent.resolve(".m." + dead + ".part"));
        Files.createDirectory(parent.resolve("m"));
        assertThat(Leftovers.clear(parent)).singleElement().asString()
                .startsWith(old + " is a directory that a killed run had moved aside")
                .endsWith("rename it or delete it.");
        assertThat(old).exists();
    }

    @Test
    void aLockDecidesWhoLives() throws Exception {
        long dead = dead();
        Path part = Files.createDirectory(parent.resolve(".m." + dead + ".part"));
        Path lock = parent.resolve(".m." + dead + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            assertThat(held.isValid()).isTrue();
            Leftovers.clear(parent);
            assertThat(part).exists();
        }
        Leftovers.clear(parent);
        assertThat(left()).isEmpty();
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Files.createDirectory(parent.resolve(".m." + other.pid() + ".part"));
            Leftovers.clear(parent);
            assertThat(left()).hasSize(1);
            Files.createFile(parent.resolve(".m." + other.pid() + ".lock"));
            Leftovers.clear(parent);
            assertThat(left()).as("the number is in use again, the lock is free").isEmpty();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void whatIsBeingWrittenIsNoLeftover() throws Exception {
        Path place = parent.resolve("d");
        DurableDirectory.write(place, part -> {
            Leftovers.clear(parent);
            assertThat(part).exists();
            assertThat(left()).hasSize(2);
        });
        Process other = halfWritten(place, 5_000, "succeed");
        try {
            await(() -> left().size() == 3);
            Leftovers.clear(parent);
            assertThat(left()).hasSize(3);
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(left()).hasSize(3);
        Leftovers.clear(parent);
        assertThat(left()).containsExactly("d");
    }

    @Test
    void whatThisNumberLeftBeforeItWasUsedAgainIsPutBackBeforeItIsReplaced() throws IOException {
        long own = ProcessHandle.current().pid();
        Files.writeString(Files.createDirectory(parent.resolve(".m." + own + ".old")).resolve("weights"), "mine");
        Files.createDirectory(parent.resolve(".m." + own + ".part"));
        Optional<Throwable> refused = Optional.empty();
        try {
            DurableDirectory.write(parent.resolve("m"), part -> { });
        } catch (RuntimeException there) {
            refused = Optional.of(there);
        }
        assertThat(refused).get().asString().contains("m exists already");
        assertThat(parent.resolve("m/weights")).hasContent("mine");
        assertThat(left()).containsExactly("m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"succeed", "fail"})
    void aSignalWaitsUntilNothingIsHalfWritten(String end) throws Exception {
        for (String signal : List.of("TERM", "INT")) {
            Process writer = halfWritten(parent.resolve("d"), 700, end);
            await(() -> left().stream().anyMatch(name -> name.endsWith(".part")));
            assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(writer.pid())).start().waitFor())
                    .isZero();
            assertThat(writer.waitFor(40, TimeUnit.SECONDS)).isTrue();
            assertThat(writer.exitValue()).isEqualTo(signal.equals("TERM") ? 143 : 130);
            assertThat(left()).isEqualTo(end.equals("fail") ? List.of() : List.of("d"));
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws IOException {
        while (!condition.holds()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Process halfWritten(Path place, int milliseconds, String end) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                        .orElse(System.getProperty("java.class.path")),
                HalfWritten.class.getName(), place.toString(), String.valueOf(milliseconds), end)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }
}

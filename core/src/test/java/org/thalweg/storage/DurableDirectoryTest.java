package org.thalweg.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

class DurableDirectoryTest {
    @TempDir
    private Path parent;

    @Test
    void appearsWholeUnderItsName() {
        Path directory = parent.resolve("made/deep");
        DurableDirectory.write(directory, part -> {
            assertThat(directory).doesNotExist();
            Files.createDirectory(part.resolve("inner"));
            Files.writeString(part.resolve("inner/a.txt"), "a");
        });
        assertThat(directory.resolve("inner/a.txt")).hasContent("a");
        assertThat(parent.resolve("made")).isDirectoryNotContaining(path -> !path.equals(directory));
    }

    @Test
    void aFailingFillerLeavesNothing() {
        Path directory = parent.resolve("d");
        for (Throwable failure : List.of(
                new IOException("No space left on device"), new WorkFailure("diverged."), new StackOverflowError())) {
            assertThatThrownBy(() -> DurableDirectory.write(directory, part -> fail(part, failure)));
            assertThat(parent).isEmptyDirectory();
        }
        IOException full = new IOException("No space left");
        assertThatThrownBy(() -> DurableDirectory.write(directory, part -> fail(part, full)))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("cannot write " + directory
                        + ": the disk is full, free some space and run again: what was finished is kept.");
    }

    @Test
    void aFailingReplacementLeavesTheOldDirectory() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("d"));
        Files.writeString(directory.resolve("old"), "old");
        assertThatThrownBy(() -> DurableDirectory.replace(directory, part -> fail(part, new WorkFailure("no."))))
                .hasMessage("no.");
        assertThat(directory.resolve("old")).hasContent("old");
        DurableDirectory.replace(directory, part -> Files.writeString(part.resolve("new"), "new"));
        assertThat(directory.resolve("old")).doesNotExist();
        assertThat(directory.resolve("new")).hasContent("new");
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(directory));
    }

    @Test
    void neverReplacesAFileOrWhatAppearedMeanwhile() throws IOException {
        Path file = Files.writeString(parent.resolve("f"), "mine");
        assertThatThrownBy(() -> DurableDirectory.write(file, part -> {}))
                .hasMessage(file + " exists already; choose another place or ask for it to be overwritten.");
        assertThatThrownBy(() -> DurableDirectory.replace(file, part -> {}))
                .hasMessage(file + " is not a directory, so it is not overwritten; choose another place.");
        Path raced = parent.resolve("raced");
        assertThatThrownBy(() -> DurableDirectory.write(raced, part -> {
                    Files.createDirectory(raced);
                    Files.writeString(raced.resolve("theirs"), "theirs");
                }))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot write " + raced + ": ");
        assertThat(raced.resolve("theirs")).hasContent("theirs");
        assertThat(parent).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
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
        DurableDirectory.removeLeftovers(parent);
        try (var left = Files.list(parent)) {
            assertThat(left).containsExactlyInAnyOrder(busy, parent.resolve("w"), parent.resolve("z"));
        }
        DurableDirectory.removeLeftovers(parent.resolve("absent"));
    }

    @Test
    void deletingDoesNotFollowLinks() throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "p");
        Path doomed = Files.createDirectory(parent.resolve("doomed"));
        Files.createSymbolicLink(doomed.resolve("link"), outside);
        DurableDirectory.deleteRecursively(doomed);
        DurableDirectory.deleteRecursively(doomed);
        assertThat(doomed).doesNotExist();
        assertThat(outside.resolve("precious")).hasContent("p");
    }

    private static void fail(Path part, Throwable failure) throws IOException {
        Files.writeString(part.resolve("a"), "a");
        switch (failure) {
            case IOException refused -> throw refused;
            case RuntimeException failed -> throw failed;
            case Error error -> throw error;
            default -> throw new IllegalArgumentException(failure);
        }
    }
}

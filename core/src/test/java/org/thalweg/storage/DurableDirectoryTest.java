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
    void aReplacementThatIsCheckedIsCheckedAgainBeforeTheOldOneGoes() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("d"));
        Files.writeString(directory.resolve("old"), "old");
        assertThatThrownBy(() -> DurableDirectory.replace(directory, place -> {
                    if (Files.exists(place.resolve("thesis"))) {
                        throw new WorkFailure("a thesis is in the way.");
                    }
                }, part -> Files.writeString(directory.resolve("thesis"), "mine")))
                .hasMessage("a thesis is in the way.");
        assertThat(directory.resolve("thesis")).hasContent("mine");
        assertThat(directory.resolve("old")).hasContent("old");
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(directory));
    }

    @Test
    void aFailureTakesTheDirectoriesAboveThatItMadeAlong() throws IOException {
        Path mine = Files.createDirectory(parent.resolve("mine"));
        assertThatThrownBy(() -> DurableDirectory.write(
                        mine.resolve("a/b/c"), part -> fail(part, new WorkFailure("no."))))
                .hasMessage("no.");
        assertThat(mine).isEmptyDirectory();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsToldBeforeAnythingIs() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "mine");
        assertThatThrownBy(() -> DurableDirectory.requireWritable(file.resolve("inner/d")))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(file + " is not a directory, so nothing can be written to " + file.resolve("inner/d")
                        + "; choose another place.");
        assertThatThrownBy(() -> DurableDirectory.requireWritable(Path.of("/"))).isInstanceOf(WorkFailure.class);
        Path tooLong = parent.resolve("n".repeat(300));
        assertThatThrownBy(() -> DurableDirectory.requireWritable(tooLong)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot write " + tooLong);
        DurableDirectory.requireWritable(parent.resolve("a/b"));
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(file));
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

package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

class RunLockTest {
    @Test
    void aSecondTakerIsRefusedAndTheLockIsFreeAgainAfterwards(@TempDir Path directory) {
        Path run = directory.resolve("runs/new");
        try (RunLock held = RunLock.take(run)) {
            assertThatThrownBy(() -> RunLock.take(run))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage("another process (pid " + ProcessHandle.current().pid() + ") is running a study in "
                            + run + "; wait for it, or give another directory with --out.");
            assertThat(held).isNotNull();
        }
        RunLock.take(run).close();
    }

    @Test
    void aRefusedTakerDoesNotHoldTheLock(@TempDir Path directory) throws Exception {
        RunLock first = RunLock.take(directory);
        assertThatThrownBy(() -> RunLock.take(directory)).isInstanceOf(WorkFailure.class);
        first.close();
        Files.write(directory.resolve(".lock"), new byte[] {(byte) 0xff, (byte) 0xfe});
        try (RunLock again = RunLock.take(directory)) {
            assertThatThrownBy(() -> RunLock.take(directory)).isInstanceOf(WorkFailure.class);
            assertThat(again).isNotNull();
        }
    }

    @Test
    void aFileInPlaceOfTheRunsDirectoryIsRefused(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> RunLock.take(file))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot write " + file.resolve(".lock") + ": ");
    }
}

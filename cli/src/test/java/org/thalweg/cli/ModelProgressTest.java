package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.tensor.WorkObserver;

@Timeout(20)
class ModelProgressTest {
    @TempDir
    private Path directory;

    private final StringWriter errors = new StringWriter();

    private ModelProgress progress() {
        return ModelProgress.on("align", new PrintWriter(errors));
    }

    @Test
    void anInterruptionBeforeAnythingIsWrittenDoesNotWait() {
        try (ModelProgress progress = progress()) {
            progress.began("matching", 10);
            progress.reached(1);
            progress.interrupt();
            assertThatThrownBy(() -> progress.reached(2)).isInstanceOf(WorkFailure.class)
                    .hasMessage("align was interrupted; nothing was written.");
            assertThatThrownBy(() -> progress.began(WorkObserver.WRITING, 10)).isInstanceOf(WorkFailure.class);
        }
        assertThat(errors.toString()).isEmpty();
    }

    @Test
    void anInterruptionWhileWritingWaitsUntilNothingIsLeft() throws IOException, InterruptedException {
        AtomicBoolean cleanWhenItReturned = new AtomicBoolean();
        ModelProgress progress = progress();
        progress.began(WorkObserver.WRITING, 10);
        Thread signal = new Thread(() -> {
            progress.interrupt();
            cleanWhenItReturned.set(isEmpty());
        });
        try (progress) {
            DurableDirectory.write(directory.resolve("out"), part -> {
                Files.writeString(part.resolve("first"), "half");
                signal.start();
                for (int tensors = 0; true; tensors++) {
                    progress.reached(tensors);
                    LockSupport.parkNanos(1_000_000);
                }
            });
        } catch (WorkFailure stopped) {
            assertThat(stopped).hasMessage("align was interrupted; nothing was written.");
        }
        signal.join();
        assertThat(cleanWhenItReturned).isTrue();
    }

    @Test
    void anInterruptionWhileLearningWaitsUntilTheStateIsSaved() throws InterruptedException {
        AtomicBoolean savedWhenItReturned = new AtomicBoolean();
        AtomicBoolean saved = new AtomicBoolean();
        ModelProgress progress = ModelProgress.resumable("align", new PrintWriter(errors));
        Thread signal = new Thread(() -> {
            progress.interrupt();
            savedWhenItReturned.set(saved.get());
        });
        try (progress) {
            progress.began(WorkObserver.LEARNING, 10);
            signal.start();
            while (!progress.stopRequested()) {
                progress.reached(1);
                LockSupport.parkNanos(1_000_000);
            }
            progress.reached(2);
            LockSupport.parkNanos(50_000_000);
            saved.set(true);
        }
        signal.join();
        assertThat(savedWhenItReturned).isTrue();
        assertThat(errors.toString()).contains("thalweg: align: saving; run the same command again to go on.");
    }

    @Test
    void learningThatKeepsNoStateEndsAtOnce() {
        try (ModelProgress progress = progress()) {
            progress.began(WorkObserver.LEARNING, 10);
            progress.interrupt();
            assertThatThrownBy(() -> progress.reached(1)).isInstanceOf(WorkFailure.class)
                    .hasMessage("align was interrupted; nothing was written.");
        }
        assertThat(errors.toString()).isEmpty();
    }

    private boolean isEmpty() {
        try (Stream<Path> left = Files.list(directory)) {
            return left.findAny().isEmpty();
        } catch (IOException refused) {
            return false;
        }
    }
}

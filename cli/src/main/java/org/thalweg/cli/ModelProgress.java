package org.thalweg.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.WorkObserver;

/**
 * Progress of a command on models: a line for each piece of work, none for what is over in a moment. While a model is
 * written, a signal that ends the process waits until the half-written directory is deleted; while work goes on that
 * keeps its state, until that is saved.
 */
final class ModelProgress implements WorkObserver, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final long PATIENCE_SECONDS = 30;

    private final String command;
    private final PrintWriter errors;
    private final boolean resumes;
    private final Thread hook = new Thread(this::interrupt, "delete-on-interrupt");
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean writing;
    private volatile boolean saving;
    private volatile boolean stopping;
    private Optional<ProgressLine> line = Optional.empty();
    private long done;

    private ModelProgress(String command, PrintWriter errors, boolean resumes) {
        this.command = command;
        this.errors = errors;
        this.resumes = resumes;
    }

    static ModelProgress on(String command, PrintWriter errors) {
        return hooked(new ModelProgress(command, errors, false));
    }

    /** Of a command whose learning keeps its state. */
    static ModelProgress resumable(String command, PrintWriter errors) {
        return hooked(new ModelProgress(command, errors, true));
    }

    private static ModelProgress hooked(ModelProgress progress) {
        Runtime.getRuntime().addShutdownHook(progress.hook);
        return progress;
    }

    /** Asks the work to stop; where something is half-written, returns when it is gone, or when a state is saved. */
    void interrupt() {
        stopping = true;
        boolean isSaved = saving;
        if (isSaved) {
            errors.println();
            errors.println("thalweg: " + command + ": saving; run the same command again to go on.");
            errors.flush();
        }
        try {
            if ((writing || isSaved) && !finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                errors.println(isSaved
                        ? "thalweg: the state could not be saved in time; running again goes on from an earlier one."
                        : "thalweg: the half-written directory could not be deleted in time.");
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireNotStopping() {
        if (stopping) {
            throw new WorkFailure(command + " was interrupted; nothing was written.");
        }
    }

    @Override
    public void planned(String memory) {
        errors.println("thalweg: " + command + ": takes at most " + memory + " of memory");
        errors.flush();
    }

    @Override
    public void began(String work, long tensors) {
        // First that, then the question: an interruption in between sees that it has to wait.
        writing = work.equals(WRITING);
        saving = resumes && work.equals(LEARNING);
        requireNotStopping();
        closeLine();
        done = 0;
        ProgressLine begun = ProgressLine.on(
                errors, new ProgressLine.Task(command + ": " + work, "tensors/s", PATIENCE));
        begun.planned(tensors);
        line = Optional.of(begun);
    }

    @Override
    public void reached(long tensors) {
        // Work that keeps its state asks, and saves before it stops.
        if (!saving) {
            requireNotStopping();
        }
        long more = tensors - done;
        line.filter(_ -> more > 0).ifPresent(present -> present.advanced(more, "", ""));
        done = Math.max(done, tensors);
    }

    @Override
    public boolean stopRequested() {
        return stopping;
    }

    @Override
    public void told(String sentence) {
        line.ifPresentOrElse(
                present -> present.warned(command + ": " + sentence),
                () -> errors.println("thalweg: " + command + ": " + sentence));
    }

    private void closeLine() {
        line.ifPresent(ProgressLine::close);
        line = Optional.empty();
    }

    @Override
    public void close() {
        closeLine();
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // The hook itself is running: the latch lets it end.
        }
    }
}

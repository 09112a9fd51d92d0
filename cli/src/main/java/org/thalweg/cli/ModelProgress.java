package org.thalweg.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import org.thalweg.model.WorkObserver;

/** Progress of a command on models: a line for each piece of work, none for what is over in a moment. */
final class ModelProgress implements WorkObserver, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String command;
    private final PrintWriter errors;
    private Optional<ProgressLine> line = Optional.empty();
    private long done;

    ModelProgress(String command, PrintWriter errors) {
        this.command = command;
        this.errors = errors;
    }

    @Override
    public void began(String work, long tensors) {
        close();
        done = 0;
        ProgressLine begun = ProgressLine.on(
                errors, new ProgressLine.Task(command + ": " + work, "tensors/s", PATIENCE));
        begun.planned(tensors);
        line = Optional.of(begun);
    }

    @Override
    public void reached(long tensors) {
        long more = tensors - done;
        line.filter(_ -> more > 0).ifPresent(present -> present.advanced(more, "", ""));
        done = Math.max(done, tensors);
    }

    @Override
    public void close() {
        line.ifPresent(ProgressLine::close);
        line = Optional.empty();
    }
}

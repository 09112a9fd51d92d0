package org.thalweg.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.thalweg.study.StudyObserver;

/** A study's progress on standard error: a bar with rate, loss and time left; on no terminal, a line now and then. */
final class ProgressLine implements StudyObserver, AutoCloseable {
    private static final int COLUMNS = 110;

    private final PrintStream errors;
    private final boolean terminal = System.console() != null && System.console().isTerminal();
    private Optional<ProgressBar> bar = Optional.empty();

    ProgressLine(PrintStream errors) {
        this.errors = errors;
    }

    @Override
    public synchronized void planned(long work) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName("study")
                .setInitialMax(Math.max(1, work))
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" img", 1)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(errors, COLUMNS));
        builder.setUpdateIntervalMillis((int) (terminal ? Duration.ofMillis(200) : Duration.ofSeconds(10)).toMillis());
        bar = Optional.of(builder.build());
    }

    @Override
    public synchronized void advanced(long work, String step, String note) {
        bar.ifPresent(present -> {
            present.stepBy(work);
            present.setExtraMessage(" " + note + " " + step);
        });
    }

    @Override
    public synchronized void reused(long work) {
        bar.ifPresent(present -> present.stepBy(work));
    }

    @Override
    public synchronized void warned(String sentence) {
        errors.println();
        errors.println("thalweg: " + sentence);
    }

    @Override
    public synchronized void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}

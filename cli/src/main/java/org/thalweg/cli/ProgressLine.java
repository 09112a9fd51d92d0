package org.thalweg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.thalweg.study.StudyObserver;

/**
 * A study's progress on standard error with rate, loss and time left: on a terminal a bar that redraws itself,
 * elsewhere a whole line now and then. Used by many threads at once.
 */
final class ProgressLine implements StudyObserver, AutoCloseable {
    private static final int COLUMNS = 110;
    private static final int REDRAW_MILLISECONDS = 200;

    /** Where and how often progress is told. */
    private sealed interface Style {
        record Bar() implements Style {}

        record Lines(Duration every) implements Style {}
    }

    private final PrintWriter errors;
    private final Style style;
    private Optional<Pace> pace = Optional.empty();
    private Optional<ProgressBar> bar = Optional.empty();
    private String loss = "";
    private String step = "";
    private long toldNanos;

    private ProgressLine(PrintWriter errors, Style style) {
        this.errors = errors;
        this.style = style;
    }

    /** A bar when standard error is a terminal, else a line every ten seconds. */
    static ProgressLine on(PrintWriter errors) {
        return new ProgressLine(errors,
                isTerminal() ? new Style.Bar() : new Style.Lines(Duration.ofSeconds(10)));
    }

    /** A line at most so often. */
    static ProgressLine inLines(PrintWriter errors, Duration every) {
        return new ProgressLine(errors, new Style.Lines(every));
    }

    /** Linux tells where standard error leads; elsewhere a console on both other streams suggests it. */
    private static boolean isTerminal() {
        Path errors = Path.of("/proc/self/fd/2");
        try {
            String target = Files.readSymbolicLink(errors).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    @Override
    public synchronized void planned(long work) {
        toldNanos = System.nanoTime();
        pace = Optional.of(new Pace(work, toldNanos));
        if (style instanceof Style.Bar) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName("study")
                    .setInitialMax(Math.max(1, work))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setRenderer((state, columns) -> rendered(state.getNormalizedProgress(), columns))
                    .setConsumer(new OneLine(errors))
                    .setUpdateIntervalMillis(REDRAW_MILLISECONDS)
                    .build());
        }
    }

    @Override
    public synchronized void advanced(long work, String name, String note) {
        step = name;
        if (note.startsWith("loss")) {
            loss = ", " + note;
        }
        pace.ifPresent(present -> present.advance(work));
        bar.ifPresent(present -> present.stepBy(work));
        if (style instanceof Style.Lines(Duration every)
                && System.nanoTime() - toldNanos >= every.toNanos()) {
            tell();
        }
    }

    @Override
    public synchronized void reused(long work) {
        pace.ifPresent(present -> present.find(work));
        bar.ifPresent(present -> present.stepBy(work));
    }

    @Override
    public synchronized void warned(String sentence) {
        if (style instanceof Style.Bar) {
            errors.println();
        }
        errors.println("thalweg: " + sentence);
    }

    @Override
    public void close() {
        // Outside the lock: closing waits for the drawing thread, which takes the lock to draw.
        bar.ifPresent(ProgressBar::close);
        if (style instanceof Style.Lines) {
            tell();
        }
    }

    private synchronized void tell() {
        pace.ifPresent(present -> errors.println("thalweg: study " + words(present)));
        errors.flush();
        toldNanos = System.nanoTime();
    }

    private String words(Pace present) {
        return present.words(System.nanoTime()) + loss + (step.isEmpty() ? "" : ", " + step);
    }

    private synchronized String rendered(double share, int columns) {
        int width = 24;
        int full = (int) Math.round(width * Math.clamp(share, 0.0, 1.0));
        String line = "study [" + "=".repeat(full) + " ".repeat(width - full) + "] "
                + pace.map(this::words).orElse("");
        return line.substring(0, Math.min(columns, line.length()));
    }

    /** Draws over the line drawn before. */
    private record OneLine(PrintWriter errors) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return COLUMNS;
        }

        @Override
        public void accept(String line) {
            errors.print("\r" + line + " ".repeat(Math.max(0, COLUMNS - line.length())));
            errors.flush();
        }

        @Override
        public void close() {
            errors.println();
        }
    }
}

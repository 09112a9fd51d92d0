package org.thalweg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.thalweg.failure.Shown;
import org.thalweg.study.StudyObserver;

/**
 * The progress of a study, or of other long work, on standard error with rate, loss and time left: on a terminal a bar
 * that redraws itself, elsewhere a whole line now and then. Used by many threads at once.
 */
final class ProgressLine implements StudyObserver, AutoCloseable {
    private static final int COLUMNS = 110;
    private static final int REDRAW_MILLISECONDS = 200;
    /** The first line of long work appears after this time, also before its first part is done. */
    private static final Duration FIRST = Duration.ofSeconds(3);
    private static final int TICK_MILLISECONDS = 250;

    /**
     * What is told.
     *
     * @param name what is going on
     * @param unit of the rate
     * @param patience work that is over sooner is not told of
     */
    record Task(String name, String unit, Duration patience) {
        static final Task STUDY = new Task("study", "img/s", Duration.ZERO);
    }

    /** Where and how often progress is told. */
    private sealed interface Style {
        record Bar() implements Style {}

        record Lines(Duration every) implements Style {}
    }

    private final PrintWriter errors;
    private final Style style;
    private final Task task;
    private Optional<Pace> pace = Optional.empty();
    private Optional<ProgressBar> bar = Optional.empty();
    private String loss = "";
    private String step = "";
    private final Set<String> noted = new HashSet<>();
    private final Thread clock = Thread.ofVirtual().name("progress").unstarted(this::tick);
    private long startNanos;
    private long toldNanos;
    private boolean isTold;
    private boolean isClosed;

    private ProgressLine(PrintWriter errors, Style style, Task task) {
        this.errors = errors;
        this.style = style;
        this.task = task;
    }

    /** A bar when standard error is a terminal, else a line every ten seconds. */
    static ProgressLine on(PrintWriter errors, Task task) {
        return new ProgressLine(errors,
                isTerminal() ? new Style.Bar() : new Style.Lines(Duration.ofSeconds(10)), task);
    }

    /** A line at most so often. */
    static ProgressLine inLines(PrintWriter errors, Duration every, Task task) {
        return new ProgressLine(errors, new Style.Lines(every), task);
    }

    /** Linux says where standard error leads; elsewhere a console on both other streams suggests it. */
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
        startNanos = System.nanoTime();
        toldNanos = startNanos;
        pace = Optional.of(new Pace(work, startNanos));
        drawOnceLong();
        if (clock.getState() == Thread.State.NEW) {
            clock.start();
        }
    }

    /** Prints progress also while one long part goes on. */
    private void tick() {
        try {
            while (drawn()) {
                Thread.sleep(TICK_MILLISECONDS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean drawn() {
        drawOnceLong();
        long now = System.nanoTime();
        if (style instanceof Style.Lines(Duration every) && isLong() && !isClosed) {
            Duration patience = isTold || every.compareTo(FIRST) < 0 ? every : FIRST;
            if (now - toldNanos >= Math.max(patience.toNanos(), Duration.ofMillis(TICK_MILLISECONDS).toNanos())) {
                tell();
            }
        }
        return !isClosed;
    }

    private boolean isLong() {
        return System.nanoTime() - startNanos >= task.patience().toNanos();
    }

    private void drawOnceLong() {
        if (style instanceof Style.Bar && bar.isEmpty() && isLong() && !isClosed) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName(task.name())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setRenderer((state, columns) -> rendered(columns))
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
        drawOnceLong();
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
    public synchronized void noted(String sentence) {
        // Replicas are trained in the same way; it is told of once.
        if (noted.add(sentence)) {
            warned(sentence);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        clock.interrupt();
        // Outside the lock: closing waits for the drawing thread, which takes the lock to draw.
        bar.ifPresent(ProgressBar::close);
        if (style instanceof Style.Lines && isLong()) {
            tell();
        }
    }

    private synchronized void tell() {
        pace.ifPresent(present -> errors.println("thalweg: " + task.name() + " " + words(present)));
        errors.flush();
        toldNanos = System.nanoTime();
        isTold = true;
    }

    private String words(Pace present) {
        return present.words(System.nanoTime(), task.unit()) + loss + (step.isEmpty() ? "" : ", " + step);
    }

    private synchronized String rendered(int columns) {
        int width = 24;
        int full = (int) Math.round(width * pace.map(Pace::share).orElse(0.0));
        String line = task.name() + " [" + "=".repeat(full) + " ".repeat(width - full) + "] "
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
            errors.print("\r" + Shown.line(line) + " ".repeat(Math.max(0, COLUMNS - line.length())));
            errors.flush();
        }

        @Override
        public void close() {
            errors.println();
        }
    }
}

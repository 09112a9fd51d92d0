package org.thalweg.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a long work is and how fast it goes. The rate counts only what this process did, so that work found finished
 * does not promise an early end.
 */
final class Pace {
    private final long total;
    private final long startNanos;
    private long done;
    private long found;

    Pace(long total, long startNanos) {
        this.total = Math.max(1, total);
        this.startNanos = startNanos;
    }

    void advance(long work) {
        done += work;
    }

    void find(long work) {
        found += work;
    }

    /** Finished share in [0, 1]. */
    double share() {
        return Math.clamp((double) (done + found) / total, 0.0, 1.0);
    }

    /** Work a second by this process, 0 before any. */
    double rate(long nowNanos) {
        double seconds = (nowNanos - startNanos) / 1e9;
        return seconds > 0 ? done / seconds : 0;
    }

    /** Time until the end at this rate; nothing before the first work is done. */
    Optional<Duration> left(long nowNanos) {
        double rate = rate(nowNanos);
        long rest = Math.max(0, total - done - found);
        return rate > 0 ? Optional.of(Duration.ofSeconds(Math.round(rest / rate))) : Optional.empty();
    }

    /** Share, rate in a unit such as {@code img/s} and time left in a few words, the same in every locale. */
    String words(long nowNanos, String unit) {
        String left = left(nowNanos).map(rest -> clock(rest) + " left").orElse("time left not known yet");
        return String.format(Locale.ROOT, "%.1f %%, %s %s, %s", 100 * share(), number(rate(nowNanos)), unit, left);
    }

    /** Slow work has a rate too. */
    private static String number(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%.0f", rate);
    }

    /** For example {@code 1:02:03} or {@code 2:03}. */
    static String clock(Duration time) {
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}

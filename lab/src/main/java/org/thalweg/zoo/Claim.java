package org.thalweg.zoo;

import java.util.Arrays;

/**
 * What a paper claims, beside what was measured at our size. Directions are compared, not sizes.
 *
 * @param claim one clause, such as {@code Omni's loss minus Switch's}
 * @param paperValue what the paper says, with its unit; {@code not given} when it gives no number
 * @param ourValue mean over seeds
 * @param ourDeviation sample standard deviation over seeds, 0 of one
 * @param seeds how many
 * @param holds whether the direction that the paper claims was found
 */
public record Claim(
        String claim, String paperValue, double ourValue, double ourDeviation, int seeds, Holds holds) {
    /** Whether a direction was found. */
    public enum Holds {
        /** It was. */
        YES,
        /** The opposite was. */
        NO,
        /** Nothing that could be told from chance. */
        NOT_SHOWN;

        /** The word in tables: {@code yes}, {@code no} or {@code not shown}. */
        public String label() {
            return this == YES ? "yes" : this == NO ? "no" : "not shown";
        }
    }

    /**
     * A claim that a number lies above a bound: it holds when the mean is above by more than twice its standard error,
     * and fails when it is below by as much.
     *
     * @param claim one clause
     * @param paperValue what the paper says
     * @param ours for each seed what was found, such as differences of two variants; at least 2
     * @param bound what the paper says they exceed, 0 for differences
     * @return the claim
     */
    public static Claim above(String claim, String paperValue, double[] ours, double bound) {
        return of(claim, paperValue, ours, 1, bound);
    }

    /** As {@link #above}, below a bound. */
    public static Claim below(String claim, String paperValue, double[] ours, double bound) {
        return of(claim, paperValue, ours, -1, bound);
    }

    private static Claim of(String claim, String paperValue, double[] ours, int sign, double bound) {
        double mean = Arrays.stream(ours).average().orElseThrow();
        double deviation = ours.length < 2 ? 0
                : Math.sqrt(Arrays.stream(ours).map(x -> (x - mean) * (x - mean)).sum() / (ours.length - 1));
        double excess = sign * (mean - bound);
        double error = 2 * deviation / Math.sqrt(ours.length);
        Holds holds = ours.length < 2 ? Holds.NOT_SHOWN
                : excess > error ? Holds.YES : excess < -error ? Holds.NO : Holds.NOT_SHOWN;
        return new Claim(claim, paperValue, mean, deviation, ours.length, holds);
    }
}

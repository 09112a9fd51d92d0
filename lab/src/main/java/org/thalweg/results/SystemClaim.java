package org.thalweg.results;

/**
 * What the authors of a Mixture-of-Experts system claim, beside what was measured.
 *
 * @param claim one clause
 * @param paperValue what the paper says, with its unit
 * @param ourValue mean over seeds
 * @param ourSd sample standard deviation over seeds
 * @param seeds how many
 * @param directionHolds {@code yes}, {@code no} or {@code not shown}: whether the mean is on the paper's side by more
 *     than twice its standard error
 */
public record SystemClaim(
        String claim, String paperValue, double ourValue, double ourSd, int seeds, String directionHolds) {}

package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * A line of {@code table.csv} of a study of a Mixture-of-Experts system: one claim, and the barriers between replicas,
 * which are the same in all of its lines.
 *
 * @param system its name
 * @param claim one clause
 * @param paperValue what the paper says, with its unit
 * @param ourValue mean over seeds
 * @param ourSd sample standard deviation over seeds
 * @param seeds how many
 * @param directionHolds {@code yes}, {@code no} or {@code not shown}
 * @param naiveBarrier mean over pairs of replicas as they are
 * @param matchedBarrier mean over pairs of replicas as they were matched
 * @param ratioPercent matched over naive, formed for each pair and then averaged; absent when no naive path has one
 */
@JsonPropertyOrder({
    "system", "claim", "paper_value", "our_value", "our_sd", "seeds", "direction_holds", "naive_barrier",
    "matched_barrier", "ratio_percent"})
public record SystemRow(
        String system, String claim, String paperValue, double ourValue, double ourSd, int seeds,
        String directionHolds, double naiveBarrier, double matchedBarrier, @JsonInclude OptionalDouble ratioPercent) {
    /** The lines of a study. */
    static List<SystemRow> of(SystemResults results) {
        double naive = mean(results.pairs().stream().mapToDouble(SystemPair::naiveBarrier));
        double matched = mean(results.pairs().stream().mapToDouble(SystemPair::matchedBarrier));
        OptionalDouble ratio = results.pairs().stream().map(SystemPair::ratioPercent)
                .filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).average();
        return results.claims().stream().map(claim -> new SystemRow(results.system(), claim.claim(),
                claim.paperValue(), claim.ourValue(), claim.ourSd(), claim.seeds(), claim.directionHolds(), naive,
                matched, ratio)).toList();
    }

    private static double mean(DoubleStream values) {
        return values.average().orElseThrow();
    }
}

package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One pair of replicas in one trial of an analysis: one flat object of {@code results.json}. Of an excluded one there
 * are no numbers.
 *
 * @param analysis which analysis, by its file's name
 * @param dataset the data set's name
 * @param series which line of the analysis' plot, for example a method
 * @param setting where on that line, for example a number of inputs
 * @param replicaA the replica at t = 0, by its id
 * @param replicaB the replica at t = 1, by its id
 * @param lossBarrier largest rise of the loss above its chord
 * @param midpointRise of the loss above its chord at t = 0.5; absent when that is no point of the grid
 * @param innerProduct of A and aligned B over all weights, where the trial has one
 * @param squaredDistance of A and aligned B over all stored weights, where the trial has one
 * @param excluded why nothing was measured, if nothing was
 */
public record AnalysisPoint(
        String analysis,
        String dataset,
        String series,
        String setting,
        String replicaA,
        String replicaB,
        @JsonInclude OptionalDouble lossBarrier,
        OptionalDouble midpointRise,
        OptionalDouble innerProduct,
        OptionalDouble squaredDistance,
        Optional<String> excluded) {
    /**
     * Which trial.
     *
     * @param analysis which analysis
     * @param series which line
     * @param setting where on it
     */
    public record Place(Analysis analysis, String series, String setting) {}

    /**
     * What matching made of the weights.
     *
     * @param innerProduct of A and aligned B over all weights, if it was computed
     * @param squaredDistance of A and aligned B over all stored weights, if it was computed
     */
    public record Reached(OptionalDouble innerProduct, OptionalDouble squaredDistance) {
        /** Nothing was computed. */
        public static final Reached NOTHING = new Reached(OptionalDouble.empty(), OptionalDouble.empty());
    }

    /**
     * The point that a path gives.
     *
     * @param place which trial
     * @param path what was measured, or why nothing was
     * @param reached what matching made of the weights
     * @return the point
     */
    public static AnalysisPoint of(Place place, MethodPath path, Reached reached) {
        return new AnalysisPoint(place.analysis.label(), path.dataset(), place.series, place.setting, path.replicaA(),
                path.replicaB(), path.lossBarrier(), midpointRise(path), reached.innerProduct,
                reached.squaredDistance, path.excluded());
    }

    private static OptionalDouble midpointRise(MethodPath path) {
        double[] t = path.t();
        double[] loss = path.loss();
        for (int i = 0; i < t.length; i++) {
            if (t[i] == 0.5) {
                return OptionalDouble.of(loss[i] - (loss[0] + loss[loss.length - 1]) / 2);
            }
        }
        return OptionalDouble.empty();
    }
}

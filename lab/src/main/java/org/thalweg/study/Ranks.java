package org.thalweg.study;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.results.Ranking;

/**
 * Barriers of many orders of the experts, against which one order is ranked (Paper A, Table 7).
 *
 * @param naive the path without any matching
 * @param orders the paths of all n! orders or of a sample, each followed by hidden matching
 */
record Ranks(LossAndAccuracy naive, List<LossAndAccuracy> orders) {
    /** A naive excess below this many nats, or share of answers, is rounding: no percentage of it is formed. */
    private static final double SMALLEST_EXCESS = 1e-9;

    Ranking byLoss(LossAndAccuracy path) {
        return rank(path, curve -> curve.lossBarrier().height());
    }

    Ranking byAccuracy(LossAndAccuracy path) {
        return rank(path, curve -> curve.accuracyBarrier().orElseThrow().height());
    }

    private Ranking rank(LossAndAccuracy path, ToDoubleFunction<LossAndAccuracy> barrier) {
        double own = barrier.applyAsDouble(path);
        double[] all = orders.stream().mapToDouble(barrier).sorted().toArray();
        int better = 0;
        while (better < all.length && all[better] < own) {
            better++;
        }
        double excess = barrier.applyAsDouble(naive) - all[0];
        return new Ranking(1 + better, excess > SMALLEST_EXCESS
                ? OptionalDouble.of(100 * (own - all[0]) / excess)
                : OptionalDouble.empty());
    }
}

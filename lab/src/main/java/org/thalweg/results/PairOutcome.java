package org.thalweg.results;

import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.LossAndAccuracy;

/** What became of one path between two replicas. */
public sealed interface PairOutcome {
    /**
     * The path was measured.
     *
     * @param curves loss and accuracy along the path
     * @param chosen for {@link Method#BEST}: the method whose path this is
     * @param byLoss the expert order's standing by loss barrier, where orders were measured
     * @param byAccuracy the same by accuracy barrier
     * @param maxAbsLogitDifference the check that the alignment changed no output: the largest absolute difference of
     *     the logits of B before and after, on probe inputs in float64; absent for {@link Method#NAIVE}, which
     *     changes nothing
     * @param train loss and accuracy along the path on a part of the training split, where that was measured
     */
    record Measured(
            LossAndAccuracy curves,
            Optional<Method> chosen,
            Optional<Ranking> byLoss,
            Optional<Ranking> byAccuracy,
            OptionalDouble maxAbsLogitDifference,
            Optional<LossAndAccuracy> train) implements PairOutcome {
        /** Refuses a difference that is not finite: an alignment that fails its check is never measured. */
        public Measured {
            if (!Double.isFinite(maxAbsLogitDifference.orElse(0))) {
                throw new IllegalArgumentException("the difference of logits must be finite, found "
                        + maxAbsLogitDifference);
            }
        }

        /**
         * A measurement on the test split alone.
         *
         * @param curves loss and accuracy along the path
         * @param chosen for {@link Method#BEST}: the method whose path this is
         * @param byLoss the expert order's standing by loss barrier, where orders were measured
         * @param byAccuracy the same by accuracy barrier
         * @param maxAbsLogitDifference the check that the alignment changed no output
         */
        public Measured(
                LossAndAccuracy curves,
                Optional<Method> chosen,
                Optional<Ranking> byLoss,
                Optional<Ranking> byAccuracy,
                OptionalDouble maxAbsLogitDifference) {
            this(curves, chosen, byLoss, byAccuracy, maxAbsLogitDifference, Optional.empty());
        }

        /**
         * A measurement of which nothing but the curves is known.
         *
         * @param curves loss and accuracy along the path
         * @return the outcome
         */
        public static Measured of(LossAndAccuracy curves) {
            return new Measured(curves, Optional.empty(), Optional.empty(), Optional.empty(), OptionalDouble.empty());
        }

        /**
         * The loss barrier of the path, computed anew from its curve.
         *
         * @return the barrier in nats
         */
        public Barrier lossBarrier() {
            return curves.lossBarrier();
        }

        /**
         * The accuracy barrier of the path, computed anew from its curve.
         *
         * @return the barrier as a fraction, where there is an accuracy
         */
        public Optional<Barrier> accuracyBarrier() {
            return curves.accuracyBarrier();
        }
    }

    /**
     * The path was not measured, and the pair enters no mean.
     *
     * @param reason why, one sentence
     */
    record Excluded(String reason) implements PairOutcome {}
}

package org.thalweg.results;

import java.util.OptionalDouble;

/** What became of training one replica. */
public sealed interface ReplicaOutcome {
    /**
     * The replica was trained.
     *
     * @param testLoss mean cross-entropy on the test split, in nats
     * @param testAccuracy the fraction of right answers there, where the task has one
     * @param trainLoss mean cross-entropy over the last epoch of training, in nats, where known
     * @param checkpoint the checkpoint's directory, relative to the run's
     */
    record Trained(double testLoss, OptionalDouble testAccuracy, OptionalDouble trainLoss, String checkpoint)
            implements ReplicaOutcome {
        /** Refuses losses and accuracies that are not finite: such a replica has diverged. */
        public Trained {
            if (!Double.isFinite(testLoss) || !Double.isFinite(testAccuracy.orElse(0))
                    || !Double.isFinite(trainLoss.orElse(0))) {
                throw new IllegalArgumentException("a trained replica has finite numbers, found test loss " + testLoss
                        + ", test accuracy " + testAccuracy + ", train loss " + trainLoss + "; mark it diverged");
            }
        }
    }

    /**
     * Training left the finite numbers; every pair with this replica is excluded.
     *
     * @param reason where and how, one sentence
     */
    record Diverged(String reason) implements ReplicaOutcome {}
}

package org.thalweg.results;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One Transformer that a study trained; a diverged one has no numbers.
 *
 * @param id its name, unique in the study
 * @param dataset what it was trained on
 * @param seed of all that was random
 * @param testLoss mean cross-entropy on the test set, nats
 * @param testAccuracy share of right answers there
 * @param trainLoss mean cross-entropy over the last epoch of training, nats
 * @param heldOutLoss of the model that was kept, on the examples by which it was chosen; absent when the last was kept
 * @param checkpoint the model's directory, relative to the run's
 * @param diverged where and how its training left the finite numbers, one sentence
 */
public record TransformerReplica(
        String id,
        String dataset,
        long seed,
        OptionalDouble testLoss,
        OptionalDouble testAccuracy,
        OptionalDouble trainLoss,
        OptionalDouble heldOutLoss,
        Optional<String> checkpoint,
        Optional<String> diverged) {
    /**
     * One that diverged.
     *
     * @param id its name
     * @param dataset what it was trained on
     * @param seed of all that was random
     * @param reason one sentence
     * @return the replica
     */
    public static TransformerReplica diverged(String id, String dataset, long seed, String reason) {
        OptionalDouble none = OptionalDouble.empty();
        return new TransformerReplica(id, dataset, seed, none, none, none, none, Optional.empty(), Optional.of(reason));
    }
}

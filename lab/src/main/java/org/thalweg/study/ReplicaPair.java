package org.thalweg.study;

import java.nio.file.Path;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.matching.ModelArchitecture;
import org.thalweg.network.Vit;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;

/**
 * Two replicas, loaded.
 *
 * @param network which both are models of
 * @param a stays as it is
 * @param b is carried into a's basin
 */
record ReplicaPair(Vit network, Parameters a, Parameters b) {
    /**
     * Why a pair of artifacts cannot be matched, if it cannot.
     *
     * @param a a replica's directory
     * @param b the other's
     * @return one sentence, when a replica diverged
     */
    static Optional<String> excluded(Path a, Path b) {
        return TrainedModel.notes(a).diverged().or(() -> TrainedModel.notes(b).diverged());
    }

    /**
     * Loads both into the scope of the caller.
     *
     * @param a a replica's directory
     * @param b the other's
     * @return both
     */
    static ReplicaPair load(Path a, Path b) {
        Vit network = TrainedModel.network(a);
        if (!network.equals(TrainedModel.network(b))) {
            throw new WorkFailure(a + " and " + b + " are models of different networks and cannot be matched.");
        }
        return new ReplicaPair(network, TrainedModel.load(a), TrainedModel.load(b));
    }

    Architecture architecture() {
        return ModelArchitecture.ofVit(network.config(), b);
    }
}

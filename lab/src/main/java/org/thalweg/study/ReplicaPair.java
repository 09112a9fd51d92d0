package org.thalweg.study;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.network.vit.Vit;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Two replicas, loaded.
 *
 * @param network which both are models of
 * @param a stays as it is
 * @param b is moved into a's basin
 */
record ReplicaPair(Vit network, Parameters a, Parameters b) {
    /** Largest difference of a logit that the check allows, in units of the largest logit. */
    static final double TOLERANCE = 1e-9;

    private static final int PROBES = 64;

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

    /** A matcher of the two, which reads them as long as it is used. */
    MoeMatcher matcher() {
        return new MoeMatcher(architecture(), a::get, b::get);
    }

    /**
     * Insists that a transformed b computes what b does: the whole network in float64 on test images.
     *
     * @param aligned b after an alignment
     * @param data the images
     * @return what was found
     * @throws WorkFailure when a logit differs by more than the tolerance
     */
    Verification checkUnchanged(Parameters aligned, StepData data) {
        try (Scope scope = Scope.open()) {
            int[] first = IntStream.range(0, probes(data)).toArray();
            Tensor images = data.test().inputs(first).to(DType.FLOAT64);
            return EquivalenceCheck.compare(model -> network.forward(model, images), b, aligned, TOLERANCE)
                    .requireVerified();
        }
    }

    /** How many test images the check runs on. */
    static int probes(StepData data) {
        return Math.min(PROBES, data.test().size());
    }
}

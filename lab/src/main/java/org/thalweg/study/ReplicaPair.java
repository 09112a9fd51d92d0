package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.matching.ExpertCosts;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.network.Network;
import org.thalweg.network.moe.Gating;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Two replicas, loaded.
 *
 * @param network which both are models of
 * @param config its {@code config.json}
 * @param a stays as it is
 * @param b is moved into a's basin
 */
record ReplicaPair(Network network, ObjectNode config, Parameters a, Parameters b) {
    /** Largest difference of a logit that the check allows, in units of the largest logit. */
    static final double TOLERANCE = 1e-9;

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
        ObjectNode config = Checkpoint.open(a).config();
        Network network = StudyNetwork.of(config).network();
        Network other = StudyNetwork.of(Checkpoint.open(b).config()).network();
        if (!network.configuration().equals(other.configuration())) {
            throw new WorkFailure(a + " and " + b + " are models of different networks and cannot be matched.");
        }
        return new ReplicaPair(network, config, TrainedModel.load(a), TrainedModel.load(b));
    }

    Architecture architecture() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        b.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return ModelArchitecture.of(config, shapes, Set.of());
    }

    /**
     * A matcher of the two, which reads them as long as it is used: the paper's experts by its costs, those of
     * published models by what they compute.
     */
    MoeMatcher matcher() {
        boolean published = ModelArchitecture.experts(config).layer().gating() instanceof Gating.Published;
        return new MoeMatcher(architecture(), a::get, b::get,
                published ? ExpertCosts.FUNCTIONS : ExpertCosts.WEIGHTS);
    }

    /**
     * Insists that a transformed b computes what b does: the whole network in float64 on test examples.
     *
     * @param aligned b after an alignment; what rounds is moved in float64
     * @param data the examples
     * @return what was found
     * @throws WorkFailure when a logit differs by more than the tolerance
     */
    Verification checkUnchanged(Parameters aligned, ExampleData data) {
        try (Scope scope = Scope.open()) {
            Tensor inputs = data.test().batch(0, probes(data), DType.FLOAT64).state();
            return EquivalenceCheck.compare(model -> network.forward(model, inputs), b, aligned, TOLERANCE)
                    .requireVerified();
        }
    }

    /** How many test examples the check runs on. */
    static int probes(ExampleData data) {
        return Math.min(data.mostProbes(), data.test().size());
    }
}

package org.thalweg.matching;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.network.Network;
import org.thalweg.tensor.TensorReader;

/**
 * Matching along saved checkpoints of both trainings, as {@link CheckpointMatcher} does it.
 *
 * @param pairwise matches two checkpoints
 * @param references checkpoints of A's training before A, in the order of training, in the form in which A is matched;
 *     perhaps none
 * @param models the same of B's training before B
 */
public record CheckpointMatching(MatchingMethod pairwise, List<TensorReader> references, List<TensorReader> models)
        implements MatchingMethod {
    /** Copies the lists. */
    public CheckpointMatching {
        references = List.copyOf(references);
        models = List.copyOf(models);
    }

    @Override
    public Matcher on(Network network) {
        return new CheckpointMatcher(pairwise.on(network), references, models);
    }

    @Override
    public Matcher withoutNetwork() {
        return new CheckpointMatcher(pairwise.withoutNetwork(), references, models);
    }

    @Override
    public ResidualMatching residual() {
        return pairwise.residual();
    }

    @Override
    public CheckpointMatching withResidual(ResidualMatching other) {
        return new CheckpointMatching(pairwise.withResidual(other), references, models);
    }

    @Override
    public long bytesOfRunning(long parameters, int models) {
        return pairwise.bytesOfRunning(parameters, models);
    }

    @Override
    public String label() {
        return pairwise.label();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(pairwise.settings());
        settings.put("reference_checkpoints", Integer.toString(references.size()));
        settings.put("model_checkpoints", Integer.toString(models.size()));
        return settings;
    }
}

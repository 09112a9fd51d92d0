package org.thalweg.model;

import java.util.List;
import java.util.Optional;
import org.thalweg.canonical.CentredNorms;
import org.thalweg.canonical.NormReaders;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.network.Network;

/** The network with RMSNorm in place of LayerNorm: what a model of the form {@code layer-norms} is at the same time. */
public final class RmsReading {
    private RmsReading() {}

    /**
     * Reads a model as one with RMSNorm. Whether it is one is seen from its weights: all gains are 1, and what writes
     * the stream has mean 0 over it, up to rounding in the stored types. Reads all tensors.
     *
     * @param model of any family
     * @return the network without means, the same function of the same tensors; nothing when the model is not in the
     *     form {@code layer-norms} or has no LayerNorm
     */
    public static Optional<Network> of(ModelDirectory model) {
        boolean layerNorm = model.network().flatMap(Network::withoutMeans).isPresent();
        return layerNorm && FoldedNorms.hold(model.checkpoint(), model.stored(), model.architecture(), 1)
                        && offCentre(model) < roundedMean(model)
                ? model.network().map(RmsReading::of)
                : Optional.empty();
    }

    /** The network without means, whatever its tensors. */
    static Network of(Network network) {
        return network.withoutMeans().orElseThrow(() -> new IllegalArgumentException("no layer normalisation in a "
                + network.getClass().getSimpleName()));
    }

    private static double offCentre(ModelDirectory model) {
        // Without the condition of folded gains: that takes their spaces away, which tell who reads them.
        List<NormReaders> norms = NormReaders.of(model.unfolded());
        try (CheckpointReader reader = model.reader()) {
            return CentredNorms.offCentre(model.architecture(), reader, norms);
        }
    }

    /** More than rounding leaves of a mean, less than one that was never removed has in streams of common widths. */
    private static double roundedMean(ModelDirectory model) {
        double tolerance = FunctionComparison.usualTolerance(model);
        return tolerance < 1e-2 ? tolerance : 1e-2;
    }
}

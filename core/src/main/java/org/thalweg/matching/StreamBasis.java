package org.thalweg.matching;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.thalweg.canonical.BalancedGauge;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * How the bases of two models' residual streams are related: told from what reads and writes the stream from outside
 * (embeddings, positions, patches, head) alone, as the first step of matching the stream finds it.
 */
public enum StreamBasis {
    /** One basis, as models with a common base have; also where nothing may act on the stream, or nothing shows it. */
    SHARED,
    /** One basis but for an order, with signs where the group has them, as scrambled models have. */
    REORDERED,
    /** No order brings the two together. */
    APART;

    /**
     * Compares the stream as it is with what the best element of its group reaches. Reads gains and the outside
     * tensors, a few times each.
     *
     * @param architecture of both models
     * @param reference A, finite; not changed
     * @param model B, finite; not changed
     * @param observer watches
     * @return what was found; never {@link #REORDERED} where rotations act
     */
    public static StreamBasis of(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        SpaceTree tree = new SpaceTree(architecture);
        ResidualStream stream = new ResidualStream(tree, ResidualMatching.AUTO);
        if (!stream.isThere()) {
            return SHARED;
        }
        Set<String> open = architecture.spaces().keySet().stream().filter(tree::isOpen).collect(Collectors.toSet());
        Predicate<Optional<String>> settled = space -> space.filter(name -> !open.contains(name)).isPresent();
        TensorReader counted = new CountedReads(
                "comparing the residual streams", tree.tensors(ResidualStream.SPACE).size(), observer).of(model);
        return Gradients.without(() -> stream.basis(
                new AlignedModel(reference, BalancedGauge.ofGains(architecture, reference)),
                new AlignedModel(counted, BalancedGauge.ofGains(architecture, model)),
                settled));
    }
}

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
 * Whether two models share the basis of their residual stream, as models with a common base do: told from what reads
 * and writes the stream from outside (embeddings, positions, patches, head) alone, as the first step of matching the
 * stream tells it.
 */
public final class SharedBasis {
    private SharedBasis() {}

    /**
     * Compares the stream as it is with what the best element of its group reaches. Reads gains and the outside tensors,
     * a few times each.
     *
     * @param architecture of both models
     * @param reference A, finite; not changed
     * @param model B, finite; not changed
     * @param observer watches
     * @return whether the stream is to be left alone: also when nothing may act on it, or nothing tells anything
     */
    public static boolean isThere(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        SpaceTree tree = new SpaceTree(architecture);
        ResidualStream stream = new ResidualStream(tree, ResidualMatching.AUTO);
        if (!stream.isThere()) {
            return true;
        }
        Set<String> open = architecture.spaces().keySet().stream().filter(tree::isOpen).collect(Collectors.toSet());
        Predicate<Optional<String>> settled = space -> space.filter(name -> !open.contains(name)).isPresent();
        TensorReader counted = new CountedReads(
                "comparing the residual streams", tree.tensors(ResidualStream.SPACE).size(), observer).of(model);
        return Gradients.without(() -> stream.match(
                new AlignedModel(reference, BalancedGauge.ofGains(architecture, reference)),
                new AlignedModel(counted, BalancedGauge.ofGains(architecture, model)),
                settled, true).found().isEmpty());
    }
}

package org.thalweg.matching;

import java.util.List;
import java.util.function.Function;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.TensorReader;

/**
 * Matches the MoE layers of model B to those of model A (arXiv 2509.11348, Algorithm 1). It is what
 * {@link WeightMatcher} does with chains of experts, in the gauge {@link MatchingGauge#AS_TRAINED}. The residual stream
 * and everything outside the MoE layers is left alone, so layers are independent. Shared experts are matched as one
 * wide network.
 *
 * <p>Unit matchings of pairs of experts are computed when first needed and kept, so that trying all n! expert
 * orders costs no more than n² of them. Deterministic; neither model is changed; one matcher per thread. It reads
 * the models' tensors as long as it is used, and keeps routers in the scope that is open when it is made.
 */
public final class MoeMatcher {
    private final Architecture architecture;
    private final List<MoeLayerMatcher> layers;

    /**
     * A matcher of two models.
     *
     * @param architecture of both
     * @param reference A
     * @param model B, to be aligned
     * @throws WorkFailure when a tensor of an MoE layer is infinite or NaN somewhere
     */
    public MoeMatcher(Architecture architecture, TensorReader reference, TensorReader model) {
        this.architecture = architecture;
        SpaceTree tree = new SpaceTree(architecture);
        AlignedPair models = new AlignedPair(
                AlignedModel.of(architecture, reference, MatchingGauge.AS_TRAINED),
                AlignedModel.of(architecture, model, MatchingGauge.AS_TRAINED));
        this.layers = Gradients.without(() -> tree.roots().stream()
                .filter(tree::isIndexing)
                .map(root -> new MoeLayerMatcher(tree, root, models))
                .filter(MoeLayerMatcher::areExperts)
                .toList());
        layers.forEach(MoeLayerMatcher::requireFinite);
    }

    /**
     * The MoE layers' spaces of experts.
     *
     * @return their names in the order of the architecture; empty when there is no MoE layer
     */
    public List<String> expertSpaces() {
        return layers.stream().map(MoeLayerMatcher::root).toList();
    }

    /**
     * Algorithm 1.
     *
     * @return both candidates
     */
    public MatchedCandidates match() {
        return new MatchedCandidates(
                candidate(layer -> layer.order(ExpertOrdering.GATE)),
                candidate(layer -> layer.order(ExpertOrdering.EXPERT)));
    }

    /**
     * The best alignment with a given expert order: hidden units matched, nothing else chosen.
     *
     * @param order of the experts, the same in every MoE layer
     * @return the candidate
     */
    public Candidate withExpertOrder(Permutation order) {
        return candidate(layer -> layer.given(order));
    }

    private Candidate candidate(Function<MoeLayerMatcher, ItemOrder> orders) {
        return Gradients.without(() -> {
            Correction correction = new Correction();
            List<LayerMatch> matches =
                    layers.stream().map(layer -> layer.match(orders.apply(layer), correction)).toList();
            return new Candidate(correction.alignment(architecture), matches);
        });
    }

    /** How many pairs of feed-forward networks were matched so far. */
    int matchedPairs() {
        return layers.stream().mapToInt(MoeLayerMatcher::matchedPairs).sum();
    }
}

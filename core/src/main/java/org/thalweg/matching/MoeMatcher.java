package org.thalweg.matching;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.thalweg.canonical.BalancedGauge;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.TensorReader;

/**
 * Matches the MoE layers of model B to those of model A (arXiv 2509.11348, Algorithm 1). It is what
 * {@link WeightMatcher} does with chains of experts, in the gauge {@link MatchingGauge#AS_TRAINED}. The residual stream
 * and everything outside the MoE layers is left alone, so layers are independent. Shared experts are matched as one
 * wide network. Where experts are compared by functions ({@link ExpertCosts#FUNCTIONS}) scalings of their units and
 * shifts of routers act too, so that B comes into A's gauge.
 *
 * <p>Unit matchings of pairs of experts are computed when first needed and kept, so that trying all n! expert
 * orders costs no more than n² of them. Deterministic; neither model is changed; one matcher per thread. It reads
 * the models' tensors as long as it is used, and keeps routers in the scope that is open when it is made.
 */
public final class MoeMatcher {
    private final Architecture architecture;
    private final List<MoeLayerMatcher> layers;
    private final AlignedPair models;

    /**
     * A matcher that compares experts by their weights, as trained.
     *
     * @param architecture of both
     * @param reference A
     * @param model B, to be aligned
     * @throws WorkFailure when a tensor of an MoE layer is infinite or NaN somewhere
     */
    public MoeMatcher(Architecture architecture, TensorReader reference, TensorReader model) {
        this(architecture, reference, model, ExpertCosts.WEIGHTS);
    }

    /**
     * A matcher of two models.
     *
     * @param architecture of both
     * @param reference A
     * @param model B, to be aligned
     * @param costs how experts are compared
     * @throws WorkFailure when a tensor of an MoE layer is infinite or NaN somewhere
     */
    public MoeMatcher(Architecture architecture, TensorReader reference, TensorReader model, ExpertCosts costs) {
        this.architecture = architecture;
        SpaceTree tree = new SpaceTree(architecture);
        this.models = Gradients.without(() -> new AlignedPair(
                new AlignedModel(reference, gauge(tree, reference, costs)),
                new AlignedModel(model, gauge(tree, model, costs))));
        this.layers = Gradients.without(() -> tree.roots().stream()
                .filter(tree::isIndexing)
                .map(root -> new MoeLayerMatcher(tree, root, models, costs))
                .filter(MoeLayerMatcher::areExperts)
                .toList());
        layers.forEach(MoeLayerMatcher::requireFinite);
    }

    /** What brings the MoE layers, and nothing outside of them, into the gauge in which they are compared. */
    private static Alignment gauge(SpaceTree tree, TensorReader model, ExpertCosts costs) {
        Architecture architecture = tree.architecture();
        if (costs == ExpertCosts.WEIGHTS) {
            return architecture.identity();
        }
        Set<String> inside = new HashSet<>();
        tree.roots().stream().filter(tree::isIndexing)
                .forEach(root -> inside.addAll(MoeLayerMatcher.tensors(tree, root)));
        Map<String, GroupElement> elements =
                new LinkedHashMap<>(BalancedGauge.ofUnits(architecture, model).elements());
        elements.keySet().removeIf(space -> !inside.containsAll(tree.tensors(space)));
        return new Alignment(architecture, elements);
    }

    /**
     * The MoE layers' spaces of experts.
     *
     * @return their names in the order of the architecture, where experts stand in groups that of the groups; empty
     *     when there is no MoE layer
     */
    public List<String> expertSpaces() {
        return layers.stream().map(MoeLayerMatcher::root).toList();
    }

    /**
     * In how many groups the experts of the first MoE layer stand, which change places as wholes.
     *
     * @return 1 where any order of the experts is a symmetry
     */
    public int groups() {
        return layers.getFirst().groups();
    }

    /**
     * The order of all experts of the first MoE layer, groups and experts in their groups together.
     *
     * @param alignment of this architecture
     * @return which expert of B takes the place of each of A
     */
    public Permutation order(Alignment alignment) {
        return layers.getFirst().order(alignment);
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
     * @param order of the experts, the same in every MoE layer; experts of one group stay in one group
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
            Alignment found = correction.alignment(architecture);
            return new Candidate(
                    models.reference().alignment().inverse().compose(found.compose(models.model().alignment())),
                    matches);
        });
    }

    /** How many pairs of feed-forward networks were matched so far. */
    int matchedPairs() {
        return layers.stream().mapToInt(MoeLayerMatcher::matchedPairs).sum();
    }
}

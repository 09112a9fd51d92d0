package org.thalweg.matching;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/**
 * Matches the MoE layers of model B to those of model A (Paper A, Algorithm 1). Layers are independent, since
 * their inputs live in one residual stream that both models share. Shared experts are matched as one wide network.
 *
 * <p>Unit matchings of pairs of experts are computed when first needed and kept, so that trying all n! expert
 * orders costs no more than n² of them. Deterministic; neither model is changed; one matcher per thread. It reads
 * the models' tensors as long as it is used.
 */
public final class MoeMatcher {
    private final Architecture architecture;
    private final Parameters reference;
    private final Parameters model;
    private final List<MoeSite> sites;
    private final Map<String, UnitMatch> matches = new HashMap<>();

    /**
     * A matcher of two models.
     *
     * @param architecture of both
     * @param reference A
     * @param model B, to be carried
     * @throws WorkFailure when a tensor of an MoE layer is infinite or NaN somewhere
     */
    public MoeMatcher(Architecture architecture, Parameters reference, Parameters model) {
        this.architecture = architecture;
        this.reference = reference;
        this.model = model;
        this.sites = MoeSite.of(architecture);
        requireFinite(reference, "first");
        requireFinite(model, "second");
    }

    private void requireFinite(Parameters parameters, String which) {
        try (Scope scope = Scope.open()) {
            for (MoeSite site : sites) {
                parameters.asMap().forEach((name, tensor) -> {
                    if (name.startsWith(site.tensors() + ".") && !tensor.isFinite()) {
                        throw new WorkFailure("the tensor '" + name + "' of the " + which
                                + " model holds an infinite value or NaN; a diverged model cannot be matched.");
                    }
                });
            }
        }
    }

    /**
     * Algorithm 1 at once.
     *
     * @param architecture of both models
     * @param reference A; not changed
     * @param model B; not changed
     * @return both candidates
     */
    public static MatchedCandidates match(Architecture architecture, Parameters reference, Parameters model) {
        return new MoeMatcher(architecture, reference, model).match();
    }

    /**
     * The MoE layers that are matched.
     *
     * @return in the order of the architecture
     */
    public List<MoeSite> layers() {
        return sites;
    }

    /**
     * Algorithm 1.
     *
     * @return both candidates
     */
    public MatchedCandidates match() {
        return new MatchedCandidates(candidate(this::gateOrder), candidate(this::expertOrder));
    }

    /**
     * Expert order of one layer by the gate (Eq 10).
     *
     * @param layer one of {@link #layers()}
     * @return the order with its certificate
     */
    public SolvedOrder gateOrder(MoeSite layer) {
        return SolvedOrder.cheapest(gateCosts(layer));
    }

    /**
     * Expert order of one layer by the experts (Eq 11).
     *
     * @param layer one of {@link #layers()}
     * @return the order with its certificate
     */
    public SolvedOrder expertOrder(MoeSite layer) {
        return SolvedOrder.cheapest(expertCosts(layer));
    }

    double[][] gateCosts(MoeSite layer) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                boolean scaleFree = architecture.spaces().containsKey(layer.spaces() + ".gate_scale");
                return GateOrder.costs(reference, model, layer.tensors(), scaleFree);
            }
        });
    }

    double[][] expertCosts(MoeSite layer) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return ExpertOrder.costs(experts(reference, layer), experts(model, layer));
            }
        });
    }

    private static List<LinearMaps> experts(Parameters parameters, MoeSite layer) {
        List<LinearMaps> result = new ArrayList<>();
        for (int expert = 0; expert < layer.experts(); expert++) {
            result.add(LinearMaps.read(parameters, layer.expertMaps(expert), layer.hiddenLayers() + 1));
        }
        return result;
    }

    /**
     * The best alignment with a given expert order: hidden units matched, nothing else chosen.
     *
     * @param order of the experts, the same in every MoE layer
     * @return the candidate
     */
    public Candidate withExpertOrder(Permutation order) {
        return candidate(_ -> new SolvedOrder(order, 0, 0));
    }

    private Candidate candidate(Function<MoeSite, SolvedOrder> orders) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        List<LayerMatch> layers = new ArrayList<>();
        for (MoeSite site : sites) {
            layers.add(matched(site, orders.apply(site), elements));
        }
        return new Candidate(new Alignment(architecture, elements), layers);
    }

    private LayerMatch matched(MoeSite site, SolvedOrder experts, Map<String, GroupElement> elements) {
        Permutation order = experts.order();
        elements.put(site.expertSpace(), order);
        Totals totals = new Totals();
        for (int expert = 0; expert < order.size(); expert++) {
            int position = expert;
            int source = order.image(expert);
            UnitMatch match = units(site.expertMaps(expert), site.expertMaps(source), site.hiddenLayers());
            totals.add(match, source != expert, layer -> site.hiddenSpace(position, layer), elements);
        }
        if (architecture.spaces().containsKey(site.sharedHiddenSpace(0))) {
            UnitMatch match = units(site.sharedMaps(), site.sharedMaps(), site.hiddenLayers());
            totals.add(match, false, site::sharedHiddenSpace, elements);
        }
        double movedExperts = 1 - (double) order.fixedPoints() / order.size();
        return new LayerMatch(site.tensors(), experts, totals.similarity, totals.gap, movedExperts,
                (double) totals.moved / totals.units);
    }

    /** Sums over the feed-forward networks of one layer. */
    private static final class Totals {
        private double similarity;
        private double gap;
        private long moved;
        private long units;

        void add(UnitMatch match, boolean allMoved, IntFunction<String> space, Map<String, GroupElement> elements) {
            similarity += match.similarity();
            gap += match.dualityGap();
            for (int layer = 0; layer < match.orders().size(); layer++) {
                Permutation inside = match.orders().get(layer);
                elements.put(space.apply(layer), inside);
                moved += inside.size() - (allMoved ? 0 : inside.fixedPoints());
                units += inside.size();
            }
        }
    }

    private UnitMatch units(String ofReference, String ofModel, int hiddenLayers) {
        return matches.computeIfAbsent(ofReference + " " + ofModel, _ -> Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return UnitMatcher.match(
                        LinearMaps.read(reference, ofReference, hiddenLayers + 1),
                        LinearMaps.read(model, ofModel, hiddenLayers + 1));
            }
        }));
    }

    /** How many pairs of feed-forward networks were matched so far. */
    int matchedPairs() {
        return matches.size();
    }
}

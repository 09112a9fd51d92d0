package org.thalweg.matching;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.Scope;

/**
 * Matches one MoE layer: a chain of experts, and beside it what else in the layer has hidden units, the shared experts
 * as one wide network. Everything outside the layer corresponds already.
 */
final class MoeLayerMatcher {
    private final String root;
    private final String name;
    private final AlignedPair models;
    private final Set<String> tensors;
    private final Set<String> sharedTensors;
    private final List<Leaf> sharedLeaves;
    private final Search search;
    private final ChainMatcher experts;
    private Optional<LeafMatch> shared = Optional.empty();

    /**
     * A matcher of the layer that a chain belongs to.
     *
     * @param tree the spaces
     * @param root of the chain
     * @param models A and B
     * @param costs how experts are compared
     */
    MoeLayerMatcher(SpaceTree tree, String root, AlignedPair models, ExpertCosts costs) {
        this.root = root;
        this.models = models;
        Set<String> chain = ChainSlices.tensors(tree, root);
        this.name = commonStart(chain);
        this.tensors = tensors(tree, root);
        this.sharedTensors = new LinkedHashSet<>(tensors);
        sharedTensors.removeAll(chain);
        this.sharedLeaves = tree.roots().stream()
                .filter(space -> tree.isOpen(space) && sharedTensors.containsAll(tree.tensors(space)))
                .map(space -> Leaf.of(tree, space))
                .toList();
        Set<String> open = new HashSet<>(tree.within(root));
        sharedLeaves.forEach(leaf -> open.add(leaf.space()));
        // A factor without a space of its own lies inside the chain.
        Predicate<Optional<String>> settled = space -> space.filter(found -> !open.contains(found)).isPresent();
        this.search = Search.of(settled).with(costs);
        this.experts = new ChainMatcher(tree, root, models, search);
    }

    /** The tensors of the layer that a chain belongs to. */
    static Set<String> tensors(SpaceTree tree, String root) {
        String name = commonStart(ChainSlices.tensors(tree, root));
        Set<String> tensors = new LinkedHashSet<>(tree.architecture().tensors().keySet());
        tensors.removeIf(tensor -> !tensor.startsWith(name.isEmpty() ? "" : name + "."));
        return tensors;
    }

    /** What all names begin with up to a dot, {@code vit.encoder.layer.0.moe} for example. */
    private static String commonStart(Set<String> names) {
        String first = names.iterator().next();
        int end = first.lastIndexOf('.');
        while (end > 0 && !startWith(names, first.substring(0, end + 1))) {
            end = first.lastIndexOf('.', end - 1);
        }
        return first.substring(0, Math.max(0, end));
    }

    private static boolean startWith(Set<String> names, String prefix) {
        return names.stream().allMatch(name -> name.startsWith(prefix));
    }

    /** Whether the chain is one of experts behind a router. */
    boolean areExperts() {
        return experts.areExperts();
    }

    /** The space of the experts. */
    String root() {
        return root;
    }

    /** Refuses a tensor of the layer that is infinite or NaN somewhere. */
    void requireFinite() {
        requireFinite(models.reference(), "first");
        requireFinite(models.model(), "second");
    }

    private void requireFinite(AlignedModel model, String which) {
        for (String tensor : tensors) {
            try (Scope scope = Scope.open()) {
                if (!model.reader().read(tensor).isFinite()) {
                    throw new WorkFailure("the tensor '" + tensor + "' of the " + which
                            + " model holds an infinite value or NaN; a diverged model cannot be matched.");
                }
            }
        }
    }

    /** The order by a method. */
    ItemOrder order(ExpertOrdering ordering) {
        return experts.order(ordering);
    }

    /** In how many groups, which change places as wholes, the experts stand. */
    int groups() {
        return experts.groups();
    }

    /** The order that an alignment gives the experts. */
    Permutation order(Alignment alignment) {
        return experts.order(alignment);
    }

    /** A given order. */
    ItemOrder given(Permutation order) {
        return experts.given(order);
    }

    /**
     * Matches hidden units, given the order of the experts.
     *
     * @param order which expert of B takes the place of each of A
     * @param correction to which all elements are added
     * @return what is reported of the layer
     */
    LayerMatch match(ItemOrder order, Correction correction) {
        ChainMatch chain = experts.match(order);
        chain.addTo(correction);
        Totals totals = new Totals();
        for (int expert = 0; expert < chain.items().size(); expert++) {
            totals.add(chain.items().get(expert), order.sources()[expert] != expert);
        }
        if (!sharedLeaves.isEmpty()) {
            LeafMatch match = shared();
            correction.put(match);
            totals.add(match, false);
        }
        return new LayerMatch(
                name,
                new LayerMatch.Experts(new Permutation(order.sources()), order.cost(), order.dualityGap()),
                new LayerMatch.Units(totals.similarity, totals.gap, (double) totals.moved / totals.units));
    }

    private LeafMatch shared() {
        if (shared.isEmpty()) {
            try (Scope scope = Scope.open()) {
                List<SlicePair> pairs = new ArrayList<>();
                sharedTensors.forEach(tensor ->
                        pairs.addAll(models.slices(tensor)));
                shared = Optional.of(new LeafSolver(sharedLeaves, pairs, search).solve());
            }
        }
        return shared.get();
    }

    /** How many pairs of networks were matched so far. */
    int matchedPairs() {
        return experts.matchedPairs() + (shared.isPresent() ? 1 : 0);
    }

    /** Sums over the networks of the layer. */
    private static final class Totals {
        private double similarity;
        private double gap;
        private long moved;
        private long units;

        void add(LeafMatch match, boolean allMoved) {
            similarity += match.similarity();
            gap += match.dualityGap();
            for (GroupElement element : match.elements().values()) {
                if (element instanceof Permutation order) {
                    moved += order.size() - (allMoved ? 0 : order.fixedPoints());
                    units += order.size();
                }
            }
        }
    }
}

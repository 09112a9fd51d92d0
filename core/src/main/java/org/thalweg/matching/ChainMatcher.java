package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.tensor.Scope;

/**
 * Matches the items of a chain (experts, or heads in their groups, or the heads of all layers at once where they are
 * tied), and then what stands inside each matched pair: hidden units, bases of heads. Reads the chain's tensors; those
 * that hold all items are kept while it works, those of one item are read when needed.
 */
final class ChainMatcher {
    private final SpaceTree tree;
    private final List<List<Place>> items;
    private final Predicate<Optional<String>> settled;
    private final ChainPieces reference;
    private final ChainPieces model;
    private final Map<List<Integer>, LeafMatch> insideOfPairs = new HashMap<>();

    ChainMatcher(SpaceTree tree, String root, Side reference, Side model, Predicate<Optional<String>> settled) {
        this.tree = tree;
        this.items = tree.paths(root, tree.depth(root));
        this.settled = settled;
        this.reference = new ChainPieces(tree, root, reference);
        this.model = new ChainPieces(tree, root, model);
    }

    /**
     * Matches a chain.
     *
     * @param tree the spaces
     * @param root of the chain
     * @param reference A in the balanced gauge
     * @param model B in the balanced gauge, with all that is known already
     * @param how what decides about experts, and which spaces correspond already
     * @return what is to act on B next
     */
    static Correction match(SpaceTree tree, String root, Side reference, Side model, How how) {
        try (Scope scope = Scope.open()) {
            return new ChainMatcher(tree, root, reference, model, how.settled()).match(how.experts());
        }
    }

    /**
     * How a chain is matched.
     *
     * @param experts what orders experts
     * @param settled spaces whose positions correspond already
     */
    record How(ExpertOrdering experts, Predicate<Optional<String>> settled) {}

    private Correction match(ExpertOrdering ordering) {
        ItemOrder order = order(ordering);
        Correction correction = new Correction();
        Correction.Found how = new Correction.Found(
                OptionalDouble.empty(), OptionalDouble.of(order.dualityGap()), order.by());
        order.elements(tree, items).forEach((space, element) -> correction.put(space, element, how));
        for (int depth = 1; depth < items.getFirst().size(); depth++) {
            for (List<Place> path : groups(depth)) {
                correction.put(leavesOfGroup(path, order));
            }
        }
        for (int item = 0; item < items.size(); item++) {
            correction.put(inside(item, order.sources()[item]));
        }
        return correction;
    }

    private ItemOrder order(ExpertOrdering ordering) {
        if (items.size() == 1) {
            return new ItemOrder(new int[1], 0, "weights");
        }
        ItemCosts costs = new ItemCosts(tree, items, reference, model, settled);
        if (!costs.areExperts()) {
            double[][] sum = costs.own();
            double[][] rows = costs.gate();
            for (int i = 0; i < sum.length; i++) {
                for (int j = 0; j < sum.length; j++) {
                    sum[i][j] += rows[i][j];
                }
            }
            return ItemOrder.cheapest(tree, items, sum, costs.hasCircuits() ? "circuits" : "weights");
        }
        return switch (ordering) {
            case GATE -> ItemOrder.cheapest(tree, items, roots(costs.gate()), "gate");
            case EXPERT -> ItemOrder.cheapest(tree, items, roots(costs.own()), "expert");
            case BEST -> {
                ItemOrder byGate = ItemOrder.cheapest(tree, items, roots(costs.gate()), "gate");
                ItemOrder byExpert = ItemOrder.cheapest(tree, items, roots(costs.own()), "expert");
                boolean same = Arrays.equals(byGate.sources(), byExpert.sources());
                yield same || similarity(byGate) >= similarity(byExpert) ? byGate : byExpert;
            }
        };
    }

    /** Distances rather than their squares (Paper A, Eq 10 and 11). */
    private static double[][] roots(double[][] squares) {
        return Arrays.stream(squares).map(row -> Arrays.stream(row).map(Math::sqrt).toArray()).toArray(double[][]::new);
    }

    /** Inner product of A and carried B over the whole layer, routers' rows as well as what stands inside. */
    private double similarity(ItemOrder order) {
        double sum = 0;
        for (int item = 0; item < items.size(); item++) {
            sum += inside(item, order.sources()[item]).similarity();
        }
        return sum;
    }

    /** The leaves that stand in one item, matched with those of another; kept, as both orders often agree. */
    private LeafMatch inside(int item, int source) {
        return insideOfPairs.computeIfAbsent(List.of(item, source), _ -> {
            List<Leaf> leaves = leaves(items.get(item));
            if (leaves.isEmpty()) {
                return new LeafMatch(Map.of(), Map.of(), 0);
            }
            try (Scope scope = Scope.open()) {
                List<PiecePair> pairs = PiecePair.of(reference.at(items.get(item)), model.at(items.get(source)));
                return new LeafSolver(leaves, pairs, settled).solve();
            }
        });
    }

    private List<Leaf> leaves(List<Place> path) {
        Optional<String> next = tree.nextLevel(path);
        return tree.inside(path).stream()
                .filter(space -> tree.isOpen(space) && next.filter(space::equals).isEmpty())
                .map(space -> Leaf.of(tree, space))
                .toList();
    }

    private List<List<Place>> groups(int depth) {
        return items.stream().map(item -> List.copyOf(item.subList(0, depth))).distinct().toList();
    }

    /** Leaves that all items of a group share, such as the basis of its keys: matched over the whole group. */
    private LeafMatch leavesOfGroup(List<Place> path, ItemOrder order) {
        List<Leaf> leaves = leaves(path);
        if (leaves.isEmpty()) {
            return new LeafMatch(Map.of(), Map.of(), 0);
        }
        try (Scope scope = Scope.open()) {
            List<PiecePair> pairs = new ArrayList<>();
            List<List<Place>> paths = new ArrayList<>();
            paths.add(path);
            for (int depth = path.size() + 1; depth <= items.getFirst().size(); depth++) {
                groups(depth).stream()
                        .filter(longer -> longer.subList(0, path.size()).equals(path))
                        .forEach(paths::add);
            }
            for (List<Place> at : paths) {
                pairs.addAll(PiecePair.of(reference.at(at), model.at(order.source(items, at))));
            }
            return new LeafSolver(leaves, pairs, settled).solve();
        }
    }
}

package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.tensor.ParallelWork;
import org.thalweg.tensor.Scope;

/**
 * Matches the items of a chain (experts, or heads in their groups, or the heads of all layers at once where they are
 * tied), and then what stands inside each matched pair: hidden units, bases of heads. Reads the chain's tensors; those
 * that hold all items are kept in the scope that is open when this is made, those of one item are read when needed.
 * Pairs of items are matched inside when first asked for and remembered, so that trying all n! orders costs n² of them.
 */
final class ChainMatcher {
    private final SpaceTree tree;
    private final List<List<Place>> items;
    private final Search search;
    private final ChainSlices reference;
    private final ChainSlices model;
    private final ItemCosts costs;
    private final Map<List<Integer>, Supplier<Inside>> insideOfPairs = new HashMap<>();

    /**
     * The inside of an item of A matched with that of an item of B.
     *
     * @param match what was found
     * @param routers inner product of the two items' rows of routers
     */
    private record Inside(LeafMatch match, double routers) {}

    /**
     * A matcher of one chain.
     *
     * @param tree the spaces
     * @param root of the chain
     * @param models A, and B with all that is known already
     * @param search spaces whose positions correspond already, and how the rest is searched
     */
    ChainMatcher(SpaceTree tree, String root, AlignedPair models, Search search) {
        this.tree = tree;
        this.items = tree.paths(root, tree.depth(root));
        this.search = search;
        this.reference = new ChainSlices(tree, root, models.reference());
        this.model = new ChainSlices(tree, root, models.model());
        this.costs = new ItemCosts(tree, items, this.reference, this.model, search);
    }

    /** Whether the items have rows of a router and maps of their own. */
    boolean areExperts() {
        return costs.areExperts();
    }

    /** How many pairs of items were matched inside so far. */
    int matchedPairs() {
        return insideOfPairs.size();
    }

    /** The order of the items; what is asked for experts does not matter to others. */
    ItemOrder order(ExpertOrdering ordering) {
        if (!costs.areExperts()) {
            if (items.size() == 1) {
                return new ItemOrder(new int[1], 0, 0, "weights");
            }
            return cheapest(costs.all(), costs.hasCircuits() ? "circuits" : "weights");
        }
        return switch (ordering) {
            case GATE -> cheapest(costs.byGate(), "gate");
            case EXPERT -> cheapest(costs.byExpert(), "expert");
            case BEST -> {
                ItemOrder byGate = order(ExpertOrdering.GATE);
                ItemOrder byExpert = order(ExpertOrdering.EXPERT);
                boolean same = Arrays.equals(byGate.sources(), byExpert.sources());
                yield same || similarity(byGate) >= similarity(byExpert) ? byGate : byExpert;
            }
        };
    }

    private ItemOrder cheapest(double[][] matrix, String by) {
        return ItemOrder.cheapest(tree, items, matrix, by);
    }

    /** In how many groups the items stand: 1 in a chain of one level. */
    int groups() {
        return groups(1).size() == items.size() ? 1 : groups(1).size();
    }

    /** The order that an alignment gives the items, through all levels. */
    Permutation order(Alignment alignment) {
        return new Permutation(items.stream().mapToInt(item -> {
            List<Place> source = new ArrayList<>();
            String space = item.getFirst().space();
            for (Place place : item) {
                source.add(new Place(space, alignment.permutation(place.space()).image(place.position())));
                space = tree.nextLevel(source).orElse("");
            }
            return items.indexOf(source);
        }).toArray());
    }

    /** The given order of the items, which must keep together what stands in one group. */
    ItemOrder given(Permutation order) {
        if (items.size() != order.size()) {
            throw new IllegalArgumentException(
                    "an order of " + order.size() + " items was given for a chain of " + items.size());
        }
        ItemOrder given = new ItemOrder(order.image(), 0, 0, "given");
        for (int depth = 1; depth < items.getFirst().size(); depth++) {
            for (List<Place> path : groups(depth)) {
                long sources = IntStream.range(0, items.size())
                        .filter(item -> items.get(item).subList(0, path.size()).equals(path))
                        .mapToObj(item -> items.get(order.image(item)).subList(0, path.size())).distinct().count();
                if (sources != 1) {
                    throw new IllegalArgumentException("the order " + order + " divides a group");
                }
            }
        }
        return given;
    }

    /** Matches everything inside, given the order of the items. */
    ChainMatch match(ItemOrder order) {
        List<LeafMatch> groups = new ArrayList<>();
        for (int depth = 1; depth < items.getFirst().size(); depth++) {
            groups(depth).forEach(path -> groups.add(leavesOfGroup(path, order)));
        }
        begin(order);
        List<LeafMatch> inside = new ArrayList<>();
        for (int item = 0; item < items.size(); item++) {
            inside.add(inside(item, order.sources()[item]).match());
        }
        return new ChainMatch(order, order.elements(tree, items), groups, inside);
    }

    /** Inner product of A and aligned B over the whole layer, routers' rows as well as what stands inside. */
    private double similarity(ItemOrder order) {
        begin(order);
        double sum = 0;
        for (int item = 0; item < items.size(); item++) {
            Inside inside = inside(item, order.sources()[item]);
            sum += inside.match().similarity() + inside.routers();
        }
        return sum;
    }

    /**
     * Matches the inside of all pairs: several small ones beside each other, of large ones the products of one while
     * the assignment of the one before is solved.
     */
    private void begin(ItemOrder order) {
        List<List<Integer>> left = IntStream.range(0, items.size())
                .mapToObj(item -> List.of(item, order.sources()[item]))
                .filter(pair -> !insideOfPairs.containsKey(pair))
                .toList();
        if (left.stream().noneMatch(pair -> LargeLeafSolver.takes(leaves(items.get(pair.getFirst()))))) {
            List<Inside> found = ParallelWork.map(left.size(), i ->
                    matched(left.get(i).getFirst(), left.get(i).getLast()).get());
            for (int i = 0; i < found.size(); i++) {
                Inside inside = found.get(i);
                insideOfPairs.put(left.get(i), () -> inside);
            }
            return;
        }
        for (int item = 0; item < items.size(); item++) {
            begun(item, order.sources()[item]);
            if (item > 0) {
                inside(item - 1, order.sources()[item - 1]);
            }
        }
    }

    private Inside inside(int item, int source) {
        Inside inside = begun(item, source).get();
        insideOfPairs.put(List.of(item, source), () -> inside);
        return inside;
    }

    private Supplier<Inside> begun(int item, int source) {
        return insideOfPairs.computeIfAbsent(List.of(item, source), _ -> matched(item, source));
    }

    private Supplier<Inside> matched(int item, int source) {
        List<Leaf> leaves = leaves(items.get(item));
        if (leaves.isEmpty()) {
            return () -> new Inside(LeafMatch.NOTHING, 0);
        }
        try (Scope scope = Scope.open()) {
            Supplier<LeafMatch> match = LeafSolver.begin(tree, leaves, pairs(item, source), search);
            double routers = routers(item, source).stream().mapToDouble(SlicePair::dot).sum();
            return () -> new Inside(match.get(), routers);
        }
    }

    /** Slices that tell about the inside of a pair of items. */
    private SlicePairs pairs(int item, int source) {
        SlicePairs pairs = new SlicePairs();
        costs.stems().forEach(stem -> pairs.add(new SlicePairs.Source(
                reference.tensors(stem),
                reference.tensors(stem).stream().anyMatch(tree::isLarge),
                () -> pairs(item, source, stem).stream()
                        .filter(pair -> !costs.isOfRouter(pair.reference()))
                        .toList())));
        return pairs;
    }

    private List<SlicePair> routers(int item, int source) {
        return costs.stems().stream()
                .filter(costs::hasRouter)
                .flatMap(stem -> pairs(item, source, stem).stream())
                .filter(pair -> costs.isOfRouter(pair.reference()))
                .toList();
    }

    private List<SlicePair> pairs(int item, int source, String stem) {
        return SlicePair.of(
                reference.at(items.get(item), stem::equals), model.at(items.get(source), stem::equals));
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
            return LeafMatch.NOTHING;
        }
        try (Scope scope = Scope.open()) {
            List<SlicePair> pairs = new ArrayList<>();
            List<List<Place>> paths = new ArrayList<>();
            paths.add(path);
            for (int depth = path.size() + 1; depth <= items.getFirst().size(); depth++) {
                groups(depth).stream()
                        .filter(longer -> longer.subList(0, path.size()).equals(path))
                        .forEach(paths::add);
            }
            for (List<Place> at : paths) {
                pairs.addAll(SlicePair.of(reference.at(at), model.at(order.source(items, at))));
            }
            return new LeafSolver(leaves, pairs, search).solve();
        }
    }
}

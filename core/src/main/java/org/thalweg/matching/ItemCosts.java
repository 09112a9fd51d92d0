package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * How far every item of A is from every item of B, by numbers that no symmetry inside an item changes: rows of routers
 * (arXiv 2509.11348, Eq 10), Gram matrices of experts' maps (Eq 11, weights with biases), circuits of heads (arXiv
 * 2506.22712, section 3.2). Gram matrices change with the scale of a hidden unit, as in the paper, so models are best
 * compared in the balanced gauge.
 */
final class ItemCosts {
    private final SpaceTree tree;
    private final List<List<Place>> items;
    private final ChainSlices reference;
    private final ChainSlices model;
    private final Predicate<Optional<String>> settled;
    private final CostRule rule;
    private final ExpertCosts experts;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /** What a slice of an item is compared by. */
    private sealed interface Kind {
        /** The row of a router: a vector that reads the stream. */
        record Gate() implements Kind {}

        /** Any other vector or matrix that is in its final basis. */
        record Direct() implements Kind {}

        /** A map to or from hidden units of the item's own, in any order. */
        record Gram(String map) implements Kind {}

        /** One side of a product through a space inside the item. */
        record Through(String space) implements Kind {}

        /** Runs over two spaces that are not known. */
        record Interior() implements Kind {}
    }

    ItemCosts(
            SpaceTree tree,
            List<List<Place>> items,
            ChainSlices reference,
            ChainSlices model,
            Search search) {
        this.tree = tree;
        this.items = items;
        this.reference = reference;
        this.model = model;
        this.settled = search.settled();
        this.rule = search.costs();
        this.experts = search.experts();
        try (Scope scope = Scope.open()) {
            List<Slice> slices = reference.at(items.getFirst());
            slices.forEach(slice -> kinds.put(slice.key(), kind(slice)));
            // What lies between the first and the last hidden layer does not count, biases neither.
            Set<String> between = new LinkedHashSet<>();
            slices.stream().filter(slice -> kinds.get(slice.key()) instanceof Kind.Interior)
                    .forEach(slice -> between.add(slice.mapKey()));
            slices.stream().filter(slice -> between.contains(slice.mapKey()))
                    .forEach(slice -> kinds.put(slice.key(), new Kind.Interior()));
        }
    }

    private Kind kind(Slice slice) {
        Set<String> open = new LinkedHashSet<>();
        boolean readsOnly = true;
        for (int factor = 0; factor < slice.factors(); factor++) {
            if (slice.isFree(factor) && slice.hasSpace(factor)) {
                Optional<String> space = slice.space(factor);
                if (!settled.test(space)) {
                    open.add(space.orElse(""));
                }
                readsOnly &= slice.role(factor) == AxisRole.READER;
            }
        }
        if (open.size() > 1) {
            return new Kind.Interior();
        }
        if (open.isEmpty()) {
            boolean isRow = IntStream.range(0, slice.factors()).anyMatch(factor -> !slice.isFree(factor));
            return readsOnly && isRow ? new Kind.Gate() : new Kind.Direct();
        }
        String space = open.iterator().next();
        boolean isOwn = tree.places(space).equals(items.getFirst());
        boolean isOrder = tree.group(space).kind() == GroupKind.PERMUTATION
                || tree.group(space).kind() == GroupKind.SIGNED_PERMUTATION;
        return isOwn && isOrder ? new Kind.Gram(slice.mapKey()) : new Kind.Through(stem(space));
    }

    private String stem(String space) {
        return tree.architecture().space(space).indexedName().stem();
    }

    /** Whether items have rows of a router and maps of their own: experts, that two costs can order. */
    boolean areExperts() {
        return has(Kind.Gate.class) && has(Kind.Gram.class);
    }

    boolean hasCircuits() {
        return has(Kind.Through.class);
    }

    private boolean has(Class<? extends Kind> kind) {
        return kinds.values().stream().anyMatch(kind::isInstance);
    }

    /** Whether a slice of an item is its row of a router. */
    boolean isOfRouter(Slice slice) {
        return kinds.get(slice.key()) instanceof Kind.Gate;
    }

    /** The stems of an item's slices, in their order. */
    Set<String> stems() {
        Set<String> stems = new LinkedHashSet<>();
        kinds.keySet().forEach(key -> stems.add(key.substring(0, key.lastIndexOf('#'))));
        return stems;
    }

    /** Whether some slices of a stem are rows of a router. */
    boolean hasRouter(String stem) {
        return kinds.entrySet().stream().anyMatch(kind ->
                kind.getKey().startsWith(stem + "#") && kind.getValue() instanceof Kind.Gate);
    }

    /** [n n] distances of routers' rows (arXiv 2509.11348, Eq 10). */
    double[][] byGate() {
        return roots(gate());
    }

    /** [n n] distances by everything but routers (arXiv 2509.11348, Eq 11). */
    double[][] byExpert() {
        return roots(own());
    }

    /** [n n] squared distances by everything. */
    double[][] all() {
        double[][] sum = own();
        addTo(sum, gate());
        return sum;
    }

    private static double[][] roots(double[][] squares) {
        return Arrays.stream(squares).map(row -> Arrays.stream(row).map(Math::sqrt).toArray()).toArray(double[][]::new);
    }

    private double[][] gate() {
        return routerRows(reference).squaredDistances(routerRows(model));
    }

    private RouterRows routerRows(ChainSlices slices) {
        try (Scope scope = Scope.open()) {
            Predicate<String> stems = stems(this::isOfRouter);
            return RouterRows.of(items.stream()
                    .map(item -> slices.at(item, stems).stream().filter(this::isOfRouter).toList())
                    .toList());
        }
    }

    /** [n n] squared distances by everything but routers. */
    private double[][] own() {
        Set<String> maps = new LinkedHashSet<>();
        Set<String> circuits = new LinkedHashSet<>();
        for (Kind kind : kinds.values()) {
            switch (kind) {
                case Kind.Gram(String map) -> maps.add(map);
                case Kind.Through(String space) -> circuits.add(space);
                case Kind.Gate _, Kind.Direct _, Kind.Interior _ -> { }
            }
        }
        Optional<double[][]> functions = experts == ExpertCosts.FUNCTIONS ? functions(maps) : Optional.empty();
        if (functions.isPresent()) {
            return functions.get();
        }
        double[][] costs = vectors(slice ->
                kinds.get(slice.key()) instanceof Kind.Direct && !maps.contains(slice.mapKey()));
        maps.forEach(map -> addTo(costs, grams(map)));
        circuits.forEach(space -> addTo(costs, switch (rule) {
            case PAPER -> circuits(space);
            case OFFICIAL -> roots(circuits(space));
        }));
        return costs;
    }

    /** [n n] squared distances of what experts compute, where that has a closed form. */
    private Optional<double[][]> functions(Set<String> maps) {
        try (Scope scope = Scope.open()) {
            return ExpertFunctions.Maps.of(tree, reference.at(items.getFirst()), maps, this::unit)
                    .map(found -> ExpertFunctions.squared(functions(reference, found), functions(model, found)));
        }
    }

    private List<ExpertFunctions> functions(ChainSlices slices, ExpertFunctions.Maps maps) {
        return items.stream().map(item -> {
            List<Slice> own = slices.at(item);
            return new ExpertFunctions(
                    maps.gate().map(map -> matrix(own, map)), matrix(own, maps.up()), matrix(own, maps.down()));
        }).toList();
    }

    private static void addTo(double[][] sum, double[][] summand) {
        for (int i = 0; i < sum.length; i++) {
            for (int j = 0; j < sum.length; j++) {
                sum[i][j] += summand[i][j];
            }
        }
    }

    private Predicate<String> stems(Predicate<Slice> wanted) {
        Set<String> stems = new LinkedHashSet<>();
        try (Scope scope = Scope.open()) {
            reference.at(items.getFirst()).stream().filter(wanted).forEach(slice -> stems.add(slice.stem()));
        }
        return stems::contains;
    }

    private double[][] vectors(Predicate<Slice> wanted) {
        double[][] costs = new double[items.size()][items.size()];
        try (Scope scope = Scope.open()) {
            Predicate<String> stems = stems(wanted);
            Optional<Tensor> a = rows(reference, stems, wanted);
            Optional<Tensor> b = rows(model, stems, wanted);
            if (a.isEmpty() || b.isEmpty()) {
                return costs;
            }
            for (int i = 0; i < costs.length; i++) {
                for (int j = 0; j < costs.length; j++) {
                    try (Scope pair = Scope.open()) {
                        double distance = a.get().narrow(0, i, 1).subtract(b.get().narrow(0, j, 1)).norm();
                        costs[i][j] = distance * distance;
                    }
                }
            }
            return costs;
        }
    }

    private Optional<Tensor> rows(ChainSlices slices, Predicate<String> stems, Predicate<Slice> wanted) {
        List<Tensor> rows = new ArrayList<>();
        for (List<Place> item : items) {
            List<Tensor> row = slices.at(item, stems).stream().filter(wanted).map(Slice::flat).toList();
            if (row.isEmpty()) {
                return Optional.empty();
            }
            rows.add(Tensor.concatenate(row, 1));
        }
        return Optional.of(Tensor.concatenate(rows, 0)); // [n numbers]
    }

    private double[][] grams(String map) {
        Predicate<String> stems = stems(slice -> slice.mapKey().equals(map));
        return GramDistances.squared(
                new GramDistances.Matrices(items.size(), item -> matrix(reference.at(items.get(item), stems), map)),
                new GramDistances.Matrices(items.size(), item -> matrix(model.at(items.get(item), stems), map)));
    }

    /** The matrix whose rows are an item's hidden units: weights with a bias beside them or as a last row. */
    private Tensor matrix(List<Slice> slices, String map) {
        List<Tensor> columns = new ArrayList<>();
        List<Tensor> rows = new ArrayList<>();
        for (Slice slice : slices) {
            if (!slice.mapKey().equals(map)) {
                continue;
            }
            unit(slice).ifPresentOrElse(
                    factor -> columns.add(slice.matrix(factor)), () -> rows.add(slice.flat()));
        }
        Tensor units = columns.size() == 1 ? columns.getFirst() : Tensor.concatenate(alike(columns), 1);
        rows.removeIf(row -> row.length(1) != units.length(1));
        rows.addFirst(units);
        return rows.size() == 1 ? units : Tensor.concatenate(alike(rows), 0);
    }

    /** The factor that runs over hidden units of the item's own. */
    private Optional<Integer> unit(Slice slice) {
        return IntStream.range(0, slice.factors())
                .filter(factor -> slice.isFree(factor) && slice.hasSpace(factor)
                        && !settled.test(slice.space(factor)))
                .boxed().findFirst();
    }

    /** A large weight may be float32 and its bias float64. */
    private static List<Tensor> alike(List<Tensor> tensors) {
        DType type = tensors.getFirst().dtype();
        return tensors.stream().map(tensor -> tensor.to(type)).toList();
    }

    private double[][] circuits(String stem) {
        try (Scope scope = Scope.open()) {
            List<Circuit> a = items.stream().map(item -> circuit(reference, item, stem)).toList();
            List<Circuit> b = items.stream().map(item -> circuit(model, item, stem)).toList();
            double[] others = b.stream().mapToDouble(circuit -> circuit.dot(circuit)).toArray();
            Circuit all = Circuit.together(b);
            double[][] costs = new double[a.size()][a.size()];
            for (int i = 0; i < costs.length; i++) {
                double own = a.get(i).dot(a.get(i));
                double[] both = a.get(i).dots(all);
                for (int j = 0; j < costs.length; j++) {
                    costs[i][j] = Math.max(0, own + others[j] - 2 * both[j]);
                }
            }
            return costs;
        }
    }

    /** What an item has not itself, such as the keys of a group of heads, it has from what it stands in. */
    private Circuit circuit(ChainSlices slices, List<Place> item, String stem) {
        List<Slice> through = new ArrayList<>();
        Optional<String> space = Optional.empty();
        for (int depth = item.size(); depth >= 1; depth--) {
            List<Place> path = item.subList(0, depth);
            through.addAll(slices.at(path));
            space = space.or(() -> tree.inside(path).stream().filter(name -> stem(name).equals(stem)).findFirst());
        }
        String found = space.orElse(stem);
        Group group = tree.group(found);
        return Circuit.of(rule == CostRule.PAPER ? withoutIgnored(through, found, group) : through, found, group);
    }

    /**
     * Without the bias of keys: it adds one number to all scores of a query, which a softmax ignores, unless positions
     * turn it.
     */
    private static List<Slice> withoutIgnored(List<Slice> slices, String space, Group group) {
        if (group.kind() != GroupKind.INVERTIBLE) {
            return slices;
        }
        boolean isWritten = slices.stream().anyMatch(slice ->
                slice.factorOf(space).filter(factor -> slice.role(factor) == AxisRole.WRITER).isPresent());
        return !isWritten ? slices : slices.stream()
                .filter(slice -> slice.factorOf(space)
                        .filter(factor -> slice.role(factor) == AxisRole.READER
                                && slice.values().size() == slice.values().length(factor))
                        .isEmpty())
                .toList();
    }
}

package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.thalweg.group.AxisMap;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Matches leaves given pairs of slices (arXiv 2209.04836, weight matching). A leaf is first matched by the slices
 * whose other factors are known; where slices run over several leaves, as in a network of several hidden layers, each
 * is then matched again given the others until a sweep brings nothing. That is started from both ends and the better is
 * kept, the first on a tie: a local optimum all the same. Where no slice runs over two leaves one solution of each is
 * exact. Further starts begin with random elements and visit the leaves in random orders. Deterministic; nothing is
 * changed.
 */
final class LeafSolver {
    private static final int MOST_SWEEPS = 100;

    private final List<Leaf> leaves;
    private final List<SlicePair> pairs;
    private final Search search;

    /**
     * A solver.
     *
     * @param leaves what is to be found
     * @param pairs slices that run over them
     * @param search what corresponds already, and where the search begins
     */
    LeafSolver(List<Leaf> leaves, List<SlicePair> pairs, Search search) {
        this.leaves = leaves;
        this.pairs = pairs;
        this.search = search;
    }

    /**
     * Matches leaves, one large one in the queue.
     *
     * @param tree the spaces
     * @param leaves what is to be found
     * @param pairs slices that run over them
     * @param search what corresponds already, and the queue
     * @return waits for what was found; leaves of which no slice can be compared yet are left out
     */
    static Supplier<LeafMatch> begin(SpaceTree tree, List<Leaf> leaves, SlicePairs pairs, Search search) {
        if (LargeLeafSolver.takes(leaves) && search.costs() == CostRule.PAPER) {
            return new LargeLeafSolver(tree, leaves.getFirst(), pairs, search.settled()).begin(search.queue());
        }
        try (Scope scope = Scope.open()) {
            LeafMatch match = new LeafSolver(leaves, pairs.read(), search).solve();
            return () -> match;
        }
    }

    /** The elements; leaves of which no slice can be compared yet are left out. */
    LeafMatch solve() {
        if (!isCoupled()) {
            return started(leaves);
        }
        if (!search.start().isFirst()) {
            Random random = search.start().random("visits");
            return descended(anywhere(), () -> Arrays.stream(random.permutation(leaves.size()))
                    .mapToObj(leaves::get).toList());
        }
        LeafMatch forward = descended(started(leaves), () -> leaves);
        LeafMatch backward = descended(started(leaves.reversed()), () -> leaves);
        return backward.similarity() > forward.similarity() ? backward : forward;
    }

    /** Random elements everywhere, without findings yet. */
    private LeafMatch anywhere() {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        for (Leaf leaf : leaves) {
            elements.put(leaf.space(), search.start().element(leaf));
            leaf.signs().ifPresent(signs -> elements.put(signs, Scaling.identity(leaf.group().size())));
        }
        return new LeafMatch(elements, Map.of(), similarity(elements));
    }

    private boolean isCoupled() {
        return pairs.stream().anyMatch(pair -> leaves.stream().filter(leaf ->
                pair.reference().factorOf(leaf.space()).isPresent()).count() > 1);
    }

    private LeafMatch started(List<Leaf> order) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        Map<String, LeafMatch.Finding> findings = new LinkedHashMap<>();
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Leaf leaf : order) {
                if (!elements.containsKey(leaf.space())) {
                    progress |= match(leaf, elements, findings);
                }
            }
        }
        return new LeafMatch(elements, findings, similarity(elements));
    }

    private LeafMatch descended(LeafMatch start, Supplier<List<Leaf>> visits) {
        LeafMatch best = start;
        for (int sweep = 1; ; sweep++) {
            Map<String, GroupElement> elements = new LinkedHashMap<>(best.elements());
            Map<String, LeafMatch.Finding> findings = new LinkedHashMap<>(best.findings());
            visits.get().forEach(leaf -> match(leaf, elements, findings));
            double similarity = similarity(elements);
            // Rounding may make an equal optimum look a little better for ever.
            boolean isBetter = similarity > best.similarity() + 1e-12 * Math.abs(best.similarity());
            if (!isBetter || sweep == MOST_SWEEPS) {
                // The gaps of the last sweep are those of problems given the final elements of the others.
                return new LeafMatch(
                        isBetter ? elements : best.elements(), findings, Math.max(best.similarity(), similarity));
            }
            best = new LeafMatch(elements, findings, similarity);
        }
    }

    /** Whether the leaf could be matched. */
    private boolean match(Leaf leaf, Map<String, GroupElement> elements, Map<String, LeafMatch.Finding> findings) {
        try (Scope scope = Scope.open();
                CorrelationSum sum = new CorrelationSum(leaf)) {
            List<SlicePair> comparable = new ArrayList<>();
            for (SlicePair pair : pairs) {
                for (int factor : pair.reference().factorsOf(leaf.space())) {
                    int over = factor;
                    moved(pair, factor, elements).ifPresent(model -> {
                        sum.add(pair.reference(), model, over);
                        comparable.add(pair);
                    });
                }
            }
            if (sum.isEmpty()) {
                return false;
            }
            Correlation.Best best = UnitDistances.decide(leaf, search.costs()) && !isCoupled()
                    ? new UnitDistances(leaf, comparable).best()
                    : sum.best(leaf);
            elements.putAll(best.elements());
            findings.put(leaf.space(), new LeafMatch.Finding(sum.cosine(best.similarity()), best.dualityGap()));
            return true;
        }
    }

    /** B's slice with what is known acting on all factors but one; nothing when something about them is not known. */
    private Optional<Slice> moved(SlicePair pair, int except, Map<String, GroupElement> elements) {
        Tensor result = pair.model().values();
        Slice reference = pair.reference();
        for (int factor = 0; factor < reference.factors(); factor++) {
            if (factor == except || !reference.isFree(factor) || !reference.hasSpace(factor)) {
                continue;
            }
            Optional<String> space = reference.space(factor);
            Optional<GroupElement> known = space.map(elements::get);
            if (known.isPresent() && known.get() instanceof AxisMap map) {
                result = reference.role(factor).of(map).applyTo(result, factor);
                result = signed(result, reference, factor, elements);
            } else if (!search.settled().test(space)) {
                return Optional.empty();
            }
        }
        return Optional.of(pair.model().with(result));
    }

    private Tensor signed(Tensor values, Slice reference, int factor, Map<String, GroupElement> elements) {
        String space = reference.space(factor).orElseThrow();
        Optional<Scaling> signs = leaves.stream()
                .filter(leaf -> leaf.space().equals(space))
                .flatMap(leaf -> leaf.signs().stream())
                .filter(vector -> reference.isScaledBy(vector, factor))
                .map(vector -> (Scaling) elements.get(vector))
                .findFirst();
        if (signs.isEmpty()) {
            return values;
        }
        long[] shape = new long[values.rank()];
        Arrays.fill(shape, 1);
        shape[factor] = values.length(factor);
        return values.multiply(Tensor.of(signs.get().factors(), shape).to(values.dtype()));
    }

    /** Inner product of all slices that can be compared, B's aligned. */
    private double similarity(Map<String, GroupElement> elements) {
        double sum = 0;
        for (SlicePair pair : pairs) {
            try (Scope scope = Scope.open()) {
                Optional<Slice> moved = moved(pair, -1, elements);
                if (moved.isPresent()) {
                    sum += InnerProducts.of(pair.reference().values(), moved.get().values());
                }
            }
        }
        return sum;
    }
}

package org.thalweg.matching;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.thalweg.assignment.Assignment;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.ProductSum;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Matches one leaf of so many positions that its matrix of inner products is to be held once (arXiv 2209.04836, weight
 * matching). Products and their sum are float32 and the assignment is exact for that matrix, duality gap included;
 * signs, the inner product that is reached and its cosine are then computed in float64 from the chosen order. Memory:
 * 4 n² bytes while the products are summed, 4 n² more for the problem being solved in the queue, and a tensor of both
 * models at a time. Time O(n² k) for k numbers a position. Changes nothing.
 */
final class LargeLeafSolver {
    private static final long LARGE = 1L << 24;

    private final Leaf leaf;
    private final SlicePairs pairs;
    private final Predicate<Optional<String>> settled;
    private final Set<String> signed;
    private double squareOfReference;
    private double squareOfModel;
    private int count;

    /**
     * A solver.
     *
     * @param tree the spaces
     * @param leaf what is to be found
     * @param pairs slices that run over it
     * @param settled whether the positions of a space correspond already
     */
    LargeLeafSolver(SpaceTree tree, Leaf leaf, SlicePairs pairs, Predicate<Optional<String>> settled) {
        this.leaf = leaf;
        this.pairs = pairs;
        this.settled = settled;
        this.signed = leaf.group().kind() == GroupKind.SIGNED_PERMUTATION
                ? tree.tensors(leaf.space())
                : leaf.signs().map(tree::tensors).orElse(Set.of());
    }

    /** Whether leaves are one order of many positions. */
    static boolean takes(List<Leaf> leaves) {
        return leaves.size() == 1 && switch (leaves.getFirst().group().kind()) {
            case PERMUTATION, SIGNED_PERMUTATION -> {
                long size = leaves.getFirst().group().size();
                yield size * size > LARGE;
            }
            default -> false;
        };
    }

    /**
     * Sums the products and lets the queue solve the problem.
     *
     * @return waits for the solution and computes what is reported; nothing is found when no slice can be compared yet
     */
    Supplier<LeafMatch> begin(AssignmentQueue queue) {
        int size = leaf.group().size();
        try (Scope scope = Scope.open()) {
            ProductSum gains = new ProductSum(size);
            // Signs are free: what they multiply counts by its modulus, once all of it is summed.
            Set<SlicePairs.Source> also = new LinkedHashSet<>();
            Predicate<SlicePairs.Source> isSigned = source -> source.tensors().stream().anyMatch(signed::contains);
            pairs.forEach(isSigned, (source, pair) -> addTo(gains, pair, true, () -> also.add(source)));
            gains.makeAbsolute();
            pairs.forEach(source -> !isSigned.test(source) || also.contains(source),
                    (_, pair) -> addTo(gains, pair, false, () -> { }));
            if (count == 0) {
                return () -> LeafMatch.NOTHING;
            }
            Supplier<Assignment> solving = queue.maximize(gains, size);
            return () -> finished(solving.get());
        }
    }

    /** Adds what is of the wanted kind, and tells of what is not. */
    private void addTo(ProductSum gains, SlicePair pair, boolean areSigned, Runnable other) {
        comparable(pair.reference()).forEach(factor -> {
            if (isSigned(pair.reference(), factor) != areSigned) {
                other.run();
                return;
            }
            Tensor a = pair.reference().matrix(factor);
            Tensor b = pair.model().matrix(factor);
            squareOfReference += InnerProducts.squareOf(a);
            squareOfModel += InnerProducts.squareOf(b);
            gains.add(a, b);
            count++;
        });
    }

    private boolean isSigned(Slice slice, int factor) {
        return leaf.group().kind() == GroupKind.SIGNED_PERMUTATION
                ? slice.role(factor) != AxisRole.DIAGONAL
                : leaf.signs().filter(signs -> slice.isScaledBy(signs, factor)).isPresent();
    }

    private IntStream comparable(Slice slice) {
        return slice.factorsOf(leaf.space()).stream().mapToInt(Integer::intValue).filter(except ->
                IntStream.range(0, slice.factors())
                        .filter(factor -> factor != except && slice.isFree(factor) && slice.hasSpace(factor))
                        .allMatch(factor -> settled.test(slice.space(factor))));
    }

    private LeafMatch finished(Assignment solved) {
        int[] order = solved.columnOfRow();
        double[] free = new double[order.length];
        double[] sums = new double[2];
        pairs.forEach(_ -> true, (_, pair) -> {
            Slice slice = pair.reference();
            for (int factor : comparable(slice).toArray()) {
                double[] products = InnerProducts.along(pair, factor, order);
                if (isSigned(slice, factor)) {
                    Arrays.setAll(free, i -> free[i] + products[i]);
                } else {
                    sums[0] += Arrays.stream(products).sum();
                }
            }
            // What does not run over the leaf is the same whatever is found, and counts in the whole.
            sums[1] += slice.factorOf(leaf.space()).isEmpty() ? pair.dot() : 0;
        });
        double reached = sums[0] + Arrays.stream(free).map(Math::abs).sum();
        double norms = Math.sqrt(squareOfReference * squareOfModel);
        LeafMatch.Finding finding = new LeafMatch.Finding(
                norms > 0 ? reached / norms : 1, OptionalDouble.of(solved.dualityGap()));
        return new LeafMatch(elements(order, free), Map.of(leaf.space(), finding), reached + sums[1]);
    }

    private Map<String, GroupElement> elements(int[] order, double[] free) {
        Permutation permutation = new Permutation(order);
        if (leaf.group().kind() == GroupKind.SIGNED_PERMUTATION) {
            boolean[] negative = new boolean[free.length];
            for (int i = 0; i < free.length; i++) {
                negative[i] = free[i] < 0;
            }
            return Map.of(leaf.space(), new SignedPermutation(permutation, negative));
        }
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        elements.put(leaf.space(), permutation);
        leaf.signs().ifPresent(signs -> elements.put(signs, new Scaling(
                Arrays.stream(free).map(product -> product < 0 ? -1 : 1).toArray())));
        return elements;
    }
}

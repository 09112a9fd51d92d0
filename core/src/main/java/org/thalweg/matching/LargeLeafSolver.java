package org.thalweg.matching;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiConsumer;
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
import org.thalweg.tensor.Background;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.ProductSum;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkingType;

/**
 * Matches one leaf of so many positions that its matrix of inner products is to be held once (arXiv 2209.04836, weight
 * matching). Products and their sum are float32, or float64 where weights are, and the assignment is exact for that
 * matrix, duality gap included; signs, the inner product that is reached and its cosine are then computed in float64
 * from the chosen order. Where a part of the products decides ({@link Bounds}), the order is exact for the weights
 * themselves. Memory: 4 n² bytes while the products are summed, 4 n² more for the problem that the queue solves, and a
 * tensor of both models at a time. Time O(n² k) for k numbers a position. Changes nothing.
 */
final class LargeLeafSolver {
    private final Leaf leaf;
    private final SlicePairs pairs;
    private final Predicate<Optional<String>> settled;
    private final Set<String> signed;
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
            case PERMUTATION, SIGNED_PERMUTATION -> ProductSum.isLarge(leaves.getFirst().group().size());
            default -> false;
        };
    }

    /**
     * Sums the products and lets the queue solve the problem. Where A and B are close, a part of the products decides
     * ({@link Bounds}), and nothing is left to be solved.
     *
     * @return waits for the solution and computes what is reported; nothing is found when no slice can be compared yet
     */
    Supplier<LeafMatch> begin(AssignmentQueue queue) {
        if (queue.areClose()) {
            Optional<Decided> decided = decided();
            if (decided.isPresent()) {
                return decided.get()::match;
            }
            queue.foundFar();
        }
        try (ProductSum gains = new ProductSum(leaf.group().size())) {
            if (!sum(gains, gains::add)) {
                return () -> LeafMatch.NOTHING;
            }
            Background<Assignment> solving = queue.maximize(gains);
            return () -> {
                Assignment solved = solving.get();
                return found(reached(solved.columnOfRow()), solved.dualityGap());
            };
        }
    }

    /**
     * The order that is certainly best.
     *
     * @param match with everything that is reported
     * @param reached inner product of what runs over the leaf
     */
    record Decided(LeafMatch match, double reached) {}

    /** The order that is certainly best, if a part of the products shows it. */
    Optional<Decided> decided() {
        try (ProductSum gains = new ProductSum(leaf.group().size())) {
            Bounds bounds = new Bounds();
            if (!sum(gains, (a, b) -> bounds.add(gains, a, b))) {
                return Optional.empty();
            }
            bounds.addTo(gains);
            int[] order = gains.largestInRows(bounds.halves());
            if (Arrays.stream(order).distinct().count() < order.length) {
                return Optional.empty();
            }
            Reached reached = reached(order);
            // Half of what a pair reaches as the dual variable of either: nothing else may promise more.
            double[] row = Arrays.stream(reached.gains()).map(gain -> gain / 2).toArray();
            double[] column = new double[row.length];
            for (int i = 0; i < row.length; i++) {
                column[order[i]] = row[i];
            }
            return gains.isBelow(row, column, order)
                    ? Optional.of(new Decided(found(reached, 0), Arrays.stream(reached.gains()).sum()))
                    : Optional.empty();
        }
    }

    /** Adds all pairs of matrices to gains, those with free signs first; false when there is none. */
    private boolean sum(ProductSum gains, BiConsumer<Tensor, Tensor> addition) {
        count = 0;
        // Signs are free: what they multiply counts by its modulus, once all of it is summed.
        Set<SlicePairs.Source> also = new LinkedHashSet<>();
        Predicate<SlicePairs.Source> isSigned = source -> source.tensors().stream().anyMatch(signed::contains);
        pairs.forEach(isSigned, (source, pair) -> add(pair, true, addition, () -> also.add(source)));
        gains.makeAbsolute();
        pairs.forEach(source -> !isSigned.test(source) || also.contains(source),
                (_, pair) -> add(pair, false, addition, () -> { }));
        return count > 0;
    }

    /** Adds what is of the wanted kind, and calls {@code other} for what is not. */
    private void add(SlicePair pair, boolean areSigned, BiConsumer<Tensor, Tensor> addition, Runnable other) {
        comparable(pair.reference()).forEach(factor -> {
            if (isSigned(pair.reference(), factor) == areSigned) {
                addition.accept(pair.reference().matrix(factor), pair.model().matrix(factor));
                count++;
            } else {
                other.run();
            }
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

    /**
     * What an order reaches, in float64.
     *
     * @param order of the positions
     * @param gains of every position, signs chosen
     * @param free inner products whose signs may be chosen
     * @param rest inner product of what does not run over the leaf
     * @param norms product of the norms of what does
     */
    private record Reached(int[] order, double[] gains, double[] free, double rest, double norms) {}

    private Reached reached(int[] order) {
        double[] free = new double[order.length];
        double[] fixed = new double[order.length];
        double[] sums = new double[3];
        pairs.forEach(_ -> true, (_, pair) -> {
            Slice slice = pair.reference();
            for (int factor : comparable(slice).toArray()) {
                PositionProducts along = PositionProducts.along(pair, factor, order);
                double[] sum = isSigned(slice, factor) ? free : fixed;
                Arrays.setAll(sum, i -> sum[i] + along.products()[i]);
                sums[1] += along.reference();
                sums[2] += along.model();
            }
            // What does not run over the leaf is the same whatever is found, and counts in the whole.
            sums[0] += slice.factorOf(leaf.space()).isEmpty() ? pair.dot() : 0;
        });
        Arrays.setAll(fixed, i -> fixed[i] + Math.abs(free[i]));
        return new Reached(order, fixed, free, sums[0], Math.sqrt(sums[1] * sums[2]));
    }

    /**
     * What an order reaches in comparison, as {@link CorrelationSum#shares} says.
     *
     * @param best inner product that it reaches
     * @param cosine the same divided by the norms
     */
    ResidualStream.Shares shares(double best, double cosine) {
        double[] sums = new double[2];
        pairs.forEach(_ -> true, (_, pair) -> comparable(pair.reference()).forEach(factor -> {
            sums[0] += pair.dot();
            sums[1] += isSigned(pair.reference(), factor) ? 0 : InnerProducts.of(
                    columnSums(pair.reference(), factor), columnSums(pair.model(), factor));
        }));
        double random = sums[1] / leaf.group().size();
        return ResidualStream.Shares.of(best, sums[0], random, cosine > 0 ? best / cosine : best);
    }

    private static Tensor columnSums(Slice slice, int factor) {
        return WorkingType.of(slice.matrix(factor)).sum(0, false);
    }

    private LeafMatch found(Reached reached, double dualityGap) {
        double sum = Arrays.stream(reached.gains()).sum();
        LeafMatch.Finding finding = new LeafMatch.Finding(
                reached.norms() > 0 ? sum / reached.norms() : 1, OptionalDouble.of(dualityGap));
        return new LeafMatch(
                elements(reached.order(), reached.free()), Map.of(leaf.space(), finding), sum + reached.rest());
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

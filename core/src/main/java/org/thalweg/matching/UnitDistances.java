package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Distances;
import org.thalweg.tensor.Tensor;

/**
 * Hidden units compared as the published code of arXiv 2506.22712 does: all weights of a unit in one row, the row
 * divided by its norm, rows by their L1 distance. What a free sign multiplies takes the sign of the smaller distance.
 * O(n² k) time for n units of k weights.
 *
 * @param leaf the units, in any order
 * @param pairs slices that run over them, everything else in its place
 */
record UnitDistances(Leaf leaf, List<SlicePair> pairs) {
    /** Whether a rule compares a leaf so. */
    static boolean decide(Leaf leaf, CostRule rule) {
        return rule == CostRule.OFFICIAL && leaf.group().kind() == GroupKind.PERMUTATION;
    }

    /** The closest order, with the inner product that it reaches. */
    Correlation.Best best() {
        Tensor normsOfA = norms(SlicePair::reference);
        Tensor normsOfB = norms(SlicePair::model);
        Tensor plain = distances(isSigned().negate(), normsOfA, normsOfB, 1);
        Tensor same = distances(isSigned(), normsOfA, normsOfB, 1);
        Tensor turned = distances(isSigned(), normsOfA, normsOfB, -1);
        float[][] costs = plain.toFloatRows();
        float[][] straight = same.toFloatRows();
        float[][] reversed = turned.toFloatRows();
        for (int i = 0; i < costs.length; i++) {
            for (int j = 0; j < costs.length; j++) {
                costs[i][j] += Math.min(straight[i][j], reversed[i][j]);
            }
        }
        Assignment solved = new AssignmentSolver().solve(AssignmentProblem.minimize(costs));
        int[] order = solved.columnOfRow();
        double[] signs = new double[order.length];
        Arrays.setAll(signs, i -> reversed[i][order[i]] < straight[i][order[i]] ? -1 : 1);
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        elements.put(leaf.space(), new Permutation(order));
        leaf.signs().ifPresent(space -> elements.put(space, new Scaling(signs)));
        return new Correlation.Best(elements, reached(order, signs), OptionalDouble.of(solved.dualityGap()));
    }

    private Predicate<SlicePair> isSigned() {
        return pair -> leaf.signs().filter(signs -> pair.reference().factorsOf(leaf.space()).stream()
                .anyMatch(factor -> pair.reference().isScaledBy(signs, factor))).isPresent();
    }

    /** [n 1] norms of all weights of each unit. */
    private Tensor norms(Function<SlicePair, Slice> side) {
        Tensor squares = Tensor.zeros(DType.FLOAT64, leaf.group().size(), 1);
        for (SlicePair pair : pairs) {
            for (int factor : pair.reference().factorsOf(leaf.space())) {
                Tensor rows = side.apply(pair).matrix(factor).to(DType.FLOAT64);
                squares = squares.add(rows.multiply(rows).sum(1, true));
            }
        }
        // A unit without weights stays as it is.
        return squares.sqrt().add(squares.equalTo(0).to(DType.FLOAT64));
    }

    private Tensor distances(Predicate<SlicePair> wanted, Tensor normsOfA, Tensor normsOfB, double sign) {
        List<Tensor> a = new ArrayList<>();
        List<Tensor> b = new ArrayList<>();
        for (SlicePair pair : pairs) {
            for (int factor : pair.reference().factorsOf(leaf.space())) {
                if (wanted.test(pair)) {
                    a.add(pair.reference().matrix(factor).to(DType.FLOAT64).divide(normsOfA));
                    b.add(pair.model().matrix(factor).to(DType.FLOAT64).divide(normsOfB).multiply(sign));
                }
            }
        }
        int size = leaf.group().size();
        return a.isEmpty()
                ? Tensor.zeros(DType.FLOAT64, size, size)
                : Distances.l1(Tensor.concatenate(a, 1), Tensor.concatenate(b, 1));
    }

    private double reached(int[] order, double[] signs) {
        double sum = 0;
        for (SlicePair pair : pairs) {
            for (int factor : pair.reference().factorsOf(leaf.space())) {
                double[] products = PositionProducts.along(pair, factor, order).products();
                boolean signed = isSigned().test(pair);
                for (int i = 0; i < order.length; i++) {
                    sum += signed ? signs[i] * products[i] : products[i];
                }
            }
        }
        return sum;
    }
}

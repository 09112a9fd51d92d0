package org.thalweg.matching;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.group.Permutation;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Tensor;

/**
 * Inner products of the positions of a space in A with those in B, summed over all weights that run over it. In the
 * balanced gauge only orders, signs, rotations and phases are left to be found, and the closest of them is the one of
 * the largest sum: an assignment problem, or the polar factor of the matrix (orthogonal Procrustes problem).
 *
 * <p>Time O(n³), memory O(n²).
 *
 * @param plain [n n] of weights on which nothing else acts; nothing means zeros, in all three
 * @param scaled [n n] of weights that the vector of signs along the space multiplies
 * @param unsigned [n n] of diagonal operators, whose sign does not change
 */
record Correlation(Optional<Tensor> plain, Optional<Tensor> scaled, Optional<Tensor> unsigned) {
    /**
     * The closest element.
     *
     * @param elements by space: the leaf's, and its signs where it has any
     * @param similarity the inner product that is reached
     * @param dualityGap certificate of an assignment problem; nothing for other groups
     */
    record Best(Map<String, GroupElement> elements, double similarity, OptionalDouble dualityGap) {}

    Best best(Leaf leaf) {
        return switch (leaf.group().kind()) {
            case PERMUTATION -> order(leaf);
            case SIGNED_PERMUTATION -> signedOrder(leaf);
            case ORTHOGONAL -> {
                LinearAlgebra.Svd svd = LinearAlgebra.svd(linear(leaf));
                yield of(leaf, LinearMap.orthogonal(polar(svd)), svd.s().sum().item());
            }
            case CENTRED_ORTHOGONAL -> centredRotation(leaf);
            case INVERTIBLE -> {
                LinearAlgebra.Svd svd = LinearAlgebra.svd(linear(leaf));
                yield of(leaf, LinearMap.invertible(polar(svd)), svd.s().sum().item());
            }
            case ROTARY_HALVES, ROTARY_PAIRS -> phases(leaf, RotaryPairs.of(leaf.group()));
            case NONE -> of(leaf, leaf.group().identity(), 0);
            case TRANSLATION, POSITIVE_SCALING, SIGNED_SCALING ->
                throw new IllegalArgumentException("'" + leaf.space() + "' is no space of axes");
        };
    }

    private static Optional<Tensor> sum(Optional<Tensor> one, Optional<Tensor> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(one.get().add(other.get())) : one.or(() -> other);
    }

    private static Tensor orZeros(Optional<Tensor> sum, int size) {
        return sum.orElseGet(() -> Tensor.zeros(DType.FLOAT64, size, size));
    }

    private Tensor linear(Leaf leaf) {
        return orZeros(sum(plain, scaled), leaf.group().size()).to(DType.FLOAT64);
    }

    private static Best of(Leaf leaf, GroupElement element, double similarity) {
        return new Best(Map.of(leaf.space(), element), similarity, OptionalDouble.empty());
    }

    private static double[] polar(LinearAlgebra.Svd svd) {
        return svd.u().matmul(svd.v().transpose(0, 1)).contiguous().toDoubles();
    }

    /**
     * The closest rotation that keeps the vector of ones: the polar factor among the vectors of mean 0. The direction
     * of ones is added as a singular pair of its own.
     */
    private Best centredRotation(Leaf leaf) {
        Tensor all = linear(leaf);
        Tensor rows = all.subtract(all.mean(0, true));
        Tensor centred = rows.subtract(rows.mean(1, true));
        double weight = Math.max(centred.norm(), 1) / leaf.group().size();
        Tensor rotation = Tensor.of(polar(LinearAlgebra.svd(centred.add(weight))), all.shape());
        return of(leaf, LinearMap.orthogonal(rotation.toDoubles()), rotation.multiply(all).sum().item());
    }

    private Best order(Leaf leaf) {
        int size = leaf.group().size();
        Optional<Tensor> signed = leaf.signs().isPresent() ? scaled.map(Tensor::abs) : scaled;
        Tensor gain = orZeros(sum(sum(plain, unsigned), signed), size);
        Assignment solved = new AssignmentSolver().solve(AssignmentProblem.maximize(gain.toFloatRows()));
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        elements.put(leaf.space(), new Permutation(solved.columnOfRow()));
        leaf.signs().ifPresent(signs -> elements.put(
                signs, new Scaling(signs(orZeros(scaled, size), solved.columnOfRow()))));
        return new Best(elements, sum(gain, solved.columnOfRow()), OptionalDouble.of(solved.dualityGap()));
    }

    private Best signedOrder(Leaf leaf) {
        Tensor free = linear(leaf);
        Tensor gain = sum(Optional.of(free.abs()), unsigned).orElseThrow();
        Assignment solved = new AssignmentSolver().solve(AssignmentProblem.maximize(gain.toFloatRows()));
        double[] signs = signs(free, solved.columnOfRow());
        boolean[] negative = new boolean[signs.length];
        for (int i = 0; i < signs.length; i++) {
            negative[i] = signs[i] < 0;
        }
        return new Best(
                Map.of(leaf.space(), new SignedPermutation(new Permutation(solved.columnOfRow()), negative)),
                sum(gain, solved.columnOfRow()),
                OptionalDouble.of(solved.dualityGap()));
    }

    private static double[] signs(Tensor products, int[] columnOfRow) {
        double[] signs = picked(products, columnOfRow);
        Arrays.setAll(signs, i -> signs[i] < 0 ? -1 : 1);
        return signs;
    }

    private static double sum(Tensor gain, int[] columnOfRow) {
        return Arrays.stream(picked(gain, columnOfRow)).sum();
    }

    private static double[] picked(Tensor matrix, int[] columnOfRow) {
        Tensor columns = Tensor.indices(columnOfRow).unsqueeze(1); // [n 1]
        return matrix.gather(1, columns).reshape(-1).contiguous().toDoubles();
    }

    /** For each pair the unit complex number z of the largest Re(z̄ Σ a b̄), a of A and b of B. */
    private Best phases(Leaf leaf, RotaryPairs pairs) {
        int size = pairs.size();
        double[] products = linear(leaf).contiguous().toDoubles();
        double[] numbers = new double[size];
        double similarity = 0;
        for (int pair = 0; pair < pairs.count(); pair++) {
            int one = pairs.first(pair);
            int other = pairs.second(pair);
            double real = products[one * size + one] + products[other * size + other];
            double imaginary = products[other * size + one] - products[one * size + other];
            double modulus = Math.hypot(real, imaginary);
            numbers[2 * pair] = modulus > 0 ? real / modulus : 1;
            numbers[2 * pair + 1] = modulus > 0 ? imaginary / modulus : 0;
            similarity += modulus;
        }
        return of(leaf, new RotaryMap(numbers, pairs.interleaved()), similarity);
    }
}

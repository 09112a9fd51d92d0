package org.thalweg.matching;

import java.util.List;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Distances of Gram matrices, {@code ‖XᵢᵀXᵢ - YⱼᵀYⱼ‖²}, which do not change when the rows of a matrix are permuted or
 * change their signs (arXiv 2509.11348, Eq 11).
 *
 * <p>For n matrices X [h d] a side there are two ways, of which the one with fewer multiplications is taken. Either
 * all XᵀX are formed, a block of rows at a time, O(n h d² + n² d²) time; or {@code ‖XXᵀ‖² + ‖YYᵀ‖² - 2‖XYᵀ‖²} is taken,
 * whose matrices are [h h], O(n² h² d) time: for few matrices with few rows. Memory beside the input: half a GiB, or a
 * few times one row of every Gram matrix where that is more, or h² numbers. Float64 is the element type to use, since
 * entries are fourth powers of weights. Deterministic; nothing is changed.
 */
public final class GramDistances {
    /** Numbers of Gram matrices held at a time, for both sides together: 128 MiB, and a few times that in passing. */
    private static final long BLOCK = 1L << 24;

    private GramDistances() {}

    /**
     * All distances.
     *
     * @param x matrices [h d], all of one shape
     * @param y as many of the same shape
     * @return the squared distance of {@code x[i]} and {@code y[j]} in row i, column j
     */
    public static double[][] squared(List<Tensor> x, List<Tensor> y) {
        double n = x.size();
        double h = x.getFirst().length(0);
        double d = x.getFirst().length(1);
        return (h + n) * d <= n * h * h ? byGramMatrices(x, y, BLOCK) : byProducts(x, y);
    }

    /** Through Gram matrices of which at most a number of entries is held, but one row of each at least. */
    static double[][] byGramMatrices(List<Tensor> x, List<Tensor> y, long block) {
        int count = x.size();
        long width = x.getFirst().length(1);
        long rows = Math.clamp(block / (2 * count * width), 1, width);
        try (Scope scope = Scope.open()) {
            Tensor sum = Tensor.zeros(x.getFirst().dtype(), count, count);
            for (long first = 0; first < width; first += rows) {
                try (Scope one = Scope.open()) {
                    long taken = Math.min(rows, width - first);
                    Tensor left = grams(x, first, taken);
                    Tensor right = grams(y, first, taken);
                    // What all have in common does not change a distance but would cancel badly.
                    Tensor mean = left.mean(0, true).add(right.mean(0, true)).multiply(0.5);
                    sum.copyInPlace(sum.add(squaredDistances(left.subtract(mean), right.subtract(mean))));
                }
            }
            return rows(sum, count);
        }
    }

    /** Rows of the Gram matrices of some matrices, each flat: [matrices rows*d]. */
    private static Tensor grams(List<Tensor> matrices, long first, long rows) {
        return Tensor.stack(
                matrices.stream()
                        .map(x -> x.narrow(1, first, rows).transpose(0, 1).matmul(x).reshape(-1))
                        .toList(),
                0);
    }

    private static Tensor squaredDistances(Tensor left, Tensor right) {
        Tensor own = left.multiply(left).sum(1, true); // [n 1]
        Tensor other = right.multiply(right).sum(1, true).transpose(0, 1); // [1 n]
        return own.add(other).subtract(left.matmul(right.transpose(0, 1)).multiply(2));
    }

    private static double[][] rows(Tensor sums, int count) {
        double[] flat = sums.contiguous().toDoubles();
        double[][] result = new double[count][count];
        for (int i = 0; i < flat.length; i++) {
            // Cancellation may leave a tiny negative number where the distance is zero.
            result[i / count][i % count] = Math.max(0, flat[i]);
        }
        return result;
    }

    static double[][] byProducts(List<Tensor> x, List<Tensor> y) {
        try (Scope scope = Scope.open()) {
            double[][] result = new double[x.size()][y.size()];
            double[] others = y.stream().mapToDouble(b -> squaredNorm(b.matmul(b.transpose(0, 1)))).toArray();
            for (int i = 0; i < result.length; i++) {
                double own = squaredNorm(x.get(i).matmul(x.get(i).transpose(0, 1)));
                for (int j = 0; j < result[i].length; j++) {
                    try (Scope pair = Scope.open()) {
                        double both = squaredNorm(x.get(i).matmul(y.get(j).transpose(0, 1)));
                        // Cancellation may leave a tiny negative number where the distance is zero.
                        result[i][j] = Math.max(0, own + others[j] - 2 * both);
                    }
                }
            }
            return result;
        }
    }

    private static double squaredNorm(Tensor matrix) {
        try (Scope scope = Scope.open()) {
            return matrix.multiply(matrix).sum().item();
        }
    }
}

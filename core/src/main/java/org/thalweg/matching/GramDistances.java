package org.thalweg.matching;

import java.util.List;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Distances of Gram matrices, {@code ‖XᵢᵀXᵢ - YⱼᵀYⱼ‖²}, which do not change when the rows of a matrix are permuted or
 * change their signs (Paper A, Eq 11).
 *
 * <p>Of X [h d] the smaller Gram matrix is formed: with {@code d <= h} XᵀX itself, once for each matrix, and distances
 * are taken directly; else {@code ‖XXᵀ‖² + ‖YYᵀ‖² - 2‖XYᵀ‖²}, whose matrices are [h h]. Time O(n h d² + n² d²), or
 * O(n² h² d) when h is the smaller; memory O(n min(h, d)²). Float64 is the element type to use, since entries are
 * fourth powers of weights. Deterministic; nothing is changed.
 */
public final class GramDistances {
    private GramDistances() {}

    /**
     * All distances.
     *
     * @param x matrices [h d], all of one shape
     * @param y as many of the same shape
     * @return the squared distance of {@code x[i]} and {@code y[j]} in row i, column j
     */
    public static double[][] squared(List<Tensor> x, List<Tensor> y) {
        boolean direct = x.getFirst().length(1) <= x.getFirst().length(0);
        return direct ? byGramMatrices(x, y) : byProducts(x, y);
    }

    static double[][] byGramMatrices(List<Tensor> x, List<Tensor> y) {
        try (Scope scope = Scope.open()) {
            List<Tensor> left = x.stream().map(GramDistances::gram).toList();
            List<Tensor> right = y.stream().map(GramDistances::gram).toList();
            double[][] result = new double[x.size()][y.size()];
            for (int i = 0; i < result.length; i++) {
                for (int j = 0; j < result[i].length; j++) {
                    try (Scope pair = Scope.open()) {
                        result[i][j] = squaredNorm(left.get(i).subtract(right.get(j)));
                    }
                }
            }
            return result;
        }
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

    private static Tensor gram(Tensor x) {
        return x.transpose(0, 1).matmul(x);
    }

    private static double squaredNorm(Tensor matrix) {
        try (Scope scope = Scope.open()) {
            return matrix.multiply(matrix).sum().item();
        }
    }
}

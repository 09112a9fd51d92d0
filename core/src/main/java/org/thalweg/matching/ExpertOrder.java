package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Expert order by the experts (Paper A, Eq 11): the distance of Gram matrices that do not change when hidden units
 * are permuted, {@code sqrt(‖ÃᵀÃ - Ã'ᵀÃ'‖² + ‖B̃B̃ᵀ - B̃'B̃'ᵀ‖²)} with biases as a last column.
 *
 * <p>Experts with several hidden layers: Ã is the first map and B̃ the last, so the first and the last hidden
 * layer count and what lies between does not. The Gram matrices change with the scale of a ReLU unit, as in the
 * paper.
 *
 * <p>Of Ã [h d+1] the smaller Gram matrix is formed: with {@code d+1 <= h} ÃᵀÃ itself, once for each expert, and
 * distances are taken directly; else {@code ‖ÃÃᵀ‖² + ‖Ã'Ã'ᵀ‖² - 2‖ÃÃ'ᵀ‖²}, whose matrices are [h h]. Float64
 * throughout, since entries are fourth powers of weights. Time O(n h d² + n² d²), or O(n² h² d) when h is the smaller;
 * memory O(n min(h, d)²).
 */
final class ExpertOrder {
    private ExpertOrder() {}

    /**
     * Cost matrix of Eq 11.
     *
     * @param reference the experts of A
     * @param model the experts of B, as many
     * @return [n n] distance of expert i of A and expert j of B
     */
    static double[][] costs(List<LinearMaps> reference, List<LinearMaps> model) {
        double[][] first = squaredDistances(factors(reference, true), factors(model, true));
        double[][] last = squaredDistances(factors(reference, false), factors(model, false));
        double[][] cost = new double[first.length][first.length];
        for (int i = 0; i < cost.length; i++) {
            for (int j = 0; j < cost.length; j++) {
                cost[i][j] = Math.sqrt(first[i][j] + last[i][j]);
            }
        }
        return cost;
    }

    /** For each expert the matrix X whose XᵀX is the Gram matrix: Ã, or B̃ transposed. */
    private static List<Tensor> factors(List<LinearMaps> experts, boolean first) {
        List<Tensor> result = new ArrayList<>();
        for (LinearMaps expert : experts) {
            result.add(first ? expert.maps().getFirst() : expert.maps().getLast().transpose(0, 1));
        }
        return result;
    }

    /** ‖XᵢᵀXᵢ - YⱼᵀYⱼ‖² for all pairs, by whichever side is smaller. */
    static double[][] squaredDistances(List<Tensor> x, List<Tensor> y) {
        boolean direct = x.getFirst().length(1) <= x.getFirst().length(0);
        return direct ? byGramMatrices(x, y) : byProducts(x, y);
    }

    static double[][] byGramMatrices(List<Tensor> x, List<Tensor> y) {
        try (Scope scope = Scope.open()) {
            List<Tensor> left = x.stream().map(ExpertOrder::gram).toList();
            List<Tensor> right = y.stream().map(ExpertOrder::gram).toList();
            double[][] result = new double[x.size()][y.size()];
            for (int i = 0; i < result.length; i++) {
                for (int j = 0; j < result[i].length; j++) {
                    result[i][j] = squaredNorm(left.get(i).subtract(right.get(j)));
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
                    double both = squaredNorm(x.get(i).matmul(y.get(j).transpose(0, 1)));
                    // Cancellation may leave a tiny negative number where the distance is zero.
                    result[i][j] = Math.max(0, own + others[j] - 2 * both);
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

package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.tensor.Tensor;

/**
 * Expert order by the experts (Paper A, Eq 11): the distance of Gram matrices that do not change when hidden units
 * are permuted, {@code sqrt(‖ÃᵀÃ - Ã'ᵀÃ'‖² + ‖B̃B̃ᵀ - B̃'B̃'ᵀ‖²)} with biases as a last column.
 *
 * <p>Experts with several hidden layers: Ã is the first map and B̃ the last, so the first and the last hidden
 * layer count and what lies between does not. The Gram matrices change with the scale of a ReLU unit, as in the
 * paper.
 *
 * <p>Cost as {@link GramDistances}.
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
        double[][] first = GramDistances.squared(factors(reference, true), factors(model, true));
        double[][] last = GramDistances.squared(factors(reference, false), factors(model, false));
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
}

package org.thalweg.merging;

import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** How much an error of a router's scores matters, a matrix [experts experts] for each token. */
public enum RouterCurvature {
    /** Every score alike: the identity. With it {@link RouterRecalibration} weighs by second moments alone. */
    NONE,
    /**
     * {@code diag(p) − p pᵀ} with the softmax p of a source's scores: the Hessian of the divergence of a router's
     * probabilities from the source's. A common shift of all scores does not matter.
     */
    SOFTMAX,
    /**
     * {@code diag(p (1 − p))} with the sigmoids p of a source's scores: the same where each expert has a gate alone.
     */
    SIGMOID;

    /**
     * What the matrices are made of.
     *
     * @param scores [tokens experts], float64; not changed
     * @return [tokens experts] p
     */
    Tensor probabilities(Tensor scores) {
        return switch (this) {
            case NONE -> Tensor.ones(DType.FLOAT64, scores.shape());
            case SOFTMAX -> Functions.softmax(scores, -1);
            case SIGMOID -> Functions.sigmoid(scores);
        };
    }

    /**
     * The product of each token's matrix and its row.
     *
     * @param p [tokens experts] of {@link #probabilities}; not changed
     * @param rows [tokens experts]; not changed
     * @return [tokens experts]
     */
    Tensor times(Tensor p, Tensor rows) {
        Tensor weighed = p.multiply(rows);
        return switch (this) {
            case NONE -> rows;
            case SOFTMAX -> weighed.subtract(p.multiply(weighed.sum(1, true)));
            case SIGMOID -> weighed.subtract(p.multiply(weighed));
        };
    }

    /**
     * The diagonals of the matrices.
     *
     * @param p [tokens experts] of {@link #probabilities}; not changed
     * @return [tokens experts], none negative
     */
    Tensor diagonals(Tensor p) {
        return this == NONE ? p : p.subtract(p.multiply(p));
    }
}

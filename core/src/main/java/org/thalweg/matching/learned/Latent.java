package org.thalweg.matching.learned;

import java.util.function.UnaryOperator;
import org.thalweg.group.GroupElement;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** What is learned in one space: free numbers, and the matrix that they stand for. */
sealed interface Latent permits ExponentialRotation, LearnedOrder, ProjectedRotation, SoftOrder {
    /**
     * The numbers at which learning starts: those of the identity, disturbed.
     *
     * @param random where the disturbance comes from
     * @return float64, in the current scope
     */
    Tensor start(Random random);

    /**
     * The matrix of some numbers.
     *
     * @param numbers float64; may be a leaf of a gradient graph
     * @return the matrix and the way back
     */
    Point at(Tensor numbers);

    /**
     * The nearest element of the group.
     *
     * @param numbers float64
     * @return an element
     */
    GroupElement element(Tensor numbers);

    /**
     * A matrix, and how its gradient becomes one of the numbers.
     *
     * @param matrix [size size], float64, without gradient
     * @param pullBack of the gradient [size size] with respect to the matrix a number whose gradient with respect to
     *     the numbers is what they are moved against
     */
    record Point(Tensor matrix, UnaryOperator<Tensor> pullBack) {}
}

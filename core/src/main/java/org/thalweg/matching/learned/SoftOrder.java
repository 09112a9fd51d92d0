package org.thalweg.matching.learned;

import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A doubly stochastic matrix, between orders: rows and columns of {@code exp(Z)} divided by their sums in turn, columns
 * last (Sinkhorn; arXiv 2506.22712, appendix D), in logarithms. Differentiable through all rounds. Its nearest order is
 * the one of the largest inner product.
 *
 * @param size number of positions
 * @param rounds how often rows and columns are divided
 * @param noise largest entry off the diagonal at the start, in units of 1 / size
 */
record SoftOrder(int size, int rounds, double noise) implements Latent {
    /** Added so that every entry has a logarithm. */
    private static final double LEAST = 1e-6;

    @Override
    public Tensor start(Random random) {
        double[] identity = new double[size * size];
        for (int i = 0; i < size; i++) {
            identity[i * size + i] = 1;
        }
        Tensor entries = Tensor.of(identity, size, size)
                .add(random.uniform(DType.FLOAT64, 0, noise / size, size, size))
                .add(LEAST / size);
        return Functions.log(entries);
    }

    @Override
    public Point at(Tensor numbers) {
        Tensor matrix = stochastic(numbers);
        return new Point(matrix.detach(), gradient -> matrix.multiply(gradient).sum());
    }

    private Tensor stochastic(Tensor numbers) {
        Tensor logarithms = numbers;
        for (int round = 0; round < rounds; round++) {
            logarithms = logarithms.subtract(Functions.logSumExp(logarithms, 1));
            logarithms = logarithms.subtract(Functions.logSumExp(logarithms, 0));
        }
        return Functions.exp(logarithms);
    }

    @Override
    public GroupElement element(Tensor numbers) {
        Tensor matrix = Gradients.without(() -> stochastic(numbers.detach()));
        return new Permutation(new AssignmentSolver()
                .solve(AssignmentProblem.maximize(matrix.toFloatRows())).columnOfRow());
    }
}

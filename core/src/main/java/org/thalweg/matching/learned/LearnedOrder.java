package org.thalweg.matching.learned;

import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.group.SignedPermutation;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * An order, with signs where the group has them, as the one of the largest inner product with a free matrix Z (ProjPerm
 * of arXiv 2506.22712, section 3.3). The gradient with respect to the order is taken as that with respect to Z
 * (straight through).
 *
 * @param size number of positions
 * @param signed whether signs may change
 * @param scale what Z has on its diagonal at the start: how far gradients have to go to exchange two positions
 * @param noise standard deviation of the disturbance at the start, in units of {@code scale}
 */
record LearnedOrder(int size, boolean signed, double scale, double noise) implements Latent {
    @Override
    public Tensor start(Random random) {
        Tensor disturbed = random.normal(DType.FLOAT64, size, size).multiply(noise);
        return matrix(new int[size], true).add(disturbed).multiply(scale);
    }

    @Override
    public Point at(Tensor numbers) {
        Tensor z = numbers.detach();
        int[] order = order(z);
        Tensor matrix = matrix(order, false);
        return new Point(signed ? matrix.multiply(signs(z)) : matrix, gradient -> numbers.multiply(gradient).sum());
    }

    private int[] order(Tensor z) {
        Tensor gain = signed ? z.abs() : z;
        return new AssignmentSolver().solve(AssignmentProblem.maximize(gain.toFloatRows())).columnOfRow();
    }

    private static Tensor signs(Tensor z) {
        return z.divide(z.abs().add(Double.MIN_NORMAL));
    }

    private Tensor matrix(int[] order, boolean isIdentity) {
        double[] entries = new double[size * size];
        for (int i = 0; i < size; i++) {
            entries[i * size + (isIdentity ? i : order[i])] = 1;
        }
        return Tensor.of(entries, size, size);
    }

    @Override
    public GroupElement element(Tensor numbers) {
        Tensor z = numbers.detach();
        int[] order = order(z);
        Permutation permutation = new Permutation(order);
        if (!signed) {
            return permutation;
        }
        double[] entries = z.contiguous().toDoubles();
        boolean[] negative = new boolean[size];
        for (int i = 0; i < size; i++) {
            negative[i] = entries[i * size + order[i]] < 0;
        }
        return new SignedPermutation(permutation, negative);
    }
}

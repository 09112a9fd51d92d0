package org.thalweg.model;

import java.util.Arrays;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * More units, or heads, of one function: some are split into several that share their weight. The positions that were
 * there come first. In units that are positively homogeneous {@code f(x) = f(αx) + f((1 − α)x)}, so the weights go
 * before the non-linearity: a semi-permutation, whose binary left inverse reads the units; in all others all parts do
 * the same and the weights go behind (arXiv 2506.22712, section 3.1).
 *
 * @param parents for each new position the old one that it is a part of
 * @param weights for each new position its share, positive; the shares of one parent sum to 1
 * @param inFront whether shares multiply what writes the units instead of what reads them
 */
record SplitUnits(int[] parents, double[] weights, boolean inFront) {
    /** The least part of a unit before shares are made to sum to 1, in units of the largest. */
    private static final double LEAST = 0.25;

    /**
     * Draws which units are split, as evenly as can be, and by which shares.
     *
     * @param from how many there are
     * @param to how many there are to be, at least as many
     * @param inFront where shares go
     * @param random draws
     * @return the split
     */
    static SplitUnits draw(int from, int to, boolean inFront, Random random) {
        int[] order = random.permutation(from);
        int[] parents = new int[to];
        Arrays.setAll(parents, unit -> unit < from ? unit : order[(unit - from) % from]);
        double[] weights;
        try (Tensor drawn = random.uniform(DType.FLOAT64, LEAST, 1, to)) {
            weights = drawn.toDoubles();
        }
        double[] sums = new double[from];
        for (int unit = 0; unit < to; unit++) {
            sums[parents[unit]] += weights[unit];
        }
        Arrays.setAll(weights, unit -> weights[unit] / sums[parents[unit]]);
        return new SplitUnits(parents, weights, inFront);
    }

    /**
     * Splits along an axis.
     *
     * @param tensor in float64; not changed
     * @param axis that runs over the units
     * @param reads whether the tensor reads the units, else it writes them
     * @return the longer tensor, in the current scope
     */
    Tensor along(Tensor tensor, int axis, boolean reads) {
        Tensor longer = tensor.indexSelect(axis, Tensor.indices(parents));
        if (reads == inFront) {
            return longer;
        }
        long[] shape = new long[tensor.rank()];
        Arrays.fill(shape, 1);
        shape[axis] = weights.length;
        return longer.multiply(Tensor.of(weights, shape));
    }
}

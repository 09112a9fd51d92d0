package org.thalweg.group;

import java.util.Arrays;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * Splits units into more units without changing the function: P [rows columns], rows ≥ columns, each column non-
 * negative with sum 1, each row with at most one positive entry (arXiv 2506.22712, table 1, class S2). For a unit
 * function with f(x) = f(αx) + f((1-α)x) for α in [0, 1] the writer W1 becomes P W1 and the reader W2 becomes W2
 * Bᵀ with the binary B = 1[P > 0]; Bᵀ is a left inverse of P, Pᵀ is not. No group: only as many rows as columns
 * have an inverse, and then this is a permutation.
 *
 * @param columns number of units before
 * @param parents [rows] which unit each new unit comes from, -1 for a new unit that does nothing; copied in and out
 * @param shares [rows] its part of that unit, above 0 and at most 1, 0 where there is no parent; copied in and out
 */
public record SemiPermutation(int columns, int[] parents, double[] shares) {
    private static final double ROUNDING = 1e-9;

    /** Refuses shares that do not add up to 1 for every unit. */
    public SemiPermutation {
        parents = parents.clone();
        shares = shares.clone();
        if (parents.length != shares.length || parents.length < columns) {
            throw new IllegalArgumentException("a semi-permutation of " + columns + " units cannot have "
                    + parents.length + " parents and " + shares.length + " shares");
        }
        double[] sums = new double[columns];
        for (int row = 0; row < parents.length; row++) {
            boolean fits = parents[row] == -1 ? shares[row] == 0
                    : parents[row] >= 0 && parents[row] < columns && shares[row] > 0 && shares[row] <= 1 + ROUNDING;
            if (!fits) {
                throw new IllegalArgumentException("row " + row + " of a semi-permutation of " + columns
                        + " units cannot have the parent " + parents[row] + " and the share " + shares[row]);
            }
            if (parents[row] >= 0) {
                sums[parents[row]] += shares[row];
            }
        }
        for (int column = 0; column < columns; column++) {
            if (Math.abs(sums[column] - 1) > ROUNDING) {
                throw new IllegalArgumentException("the shares of unit " + column + " add up to " + sums[column]
                        + ", not to 1");
            }
        }
    }

    @Override
    public int[] parents() {
        return parents.clone();
    }

    @Override
    public double[] shares() {
        return shares.clone();
    }

    /**
     * The units after.
     *
     * @return their number
     */
    public int rows() {
        return parents.length;
    }

    /**
     * P along an axis, for what writes the units.
     *
     * @param tensor with an axis of {@link #columns()}; not changed
     * @param axis which axis
     * @return that axis with {@link #rows()} positions
     */
    public Tensor applyToWriter(Tensor tensor, int axis) {
        return taken(tensor, axis, shares);
    }

    /**
     * B along an axis, for what reads the units.
     *
     * @param tensor with an axis of {@link #columns()}; not changed
     * @param axis which axis
     * @return that axis with {@link #rows()} positions
     */
    public Tensor applyToReader(Tensor tensor, int axis) {
        double[] binary = new double[shares.length];
        Arrays.setAll(binary, row -> parents[row] >= 0 ? 1 : 0);
        return taken(tensor, axis, binary);
    }

    private Tensor taken(Tensor tensor, int axis, double[] factors) {
        int[] sources = Arrays.stream(parents).map(parent -> Math.max(parent, 0)).toArray();
        long[] shape = new long[tensor.rank()];
        Arrays.fill(shape, 1);
        shape[axis] = rows();
        DType dtype = tensor.dtype();
        return tensor.indexSelect(axis, Tensor.indices(sources)).multiply(Tensor.of(factors, shape).to(dtype));
    }

    /**
     * The splitting that applies {@code first} and then this one.
     *
     * @param first its rows are this one's columns
     * @return the product
     */
    public SemiPermutation after(SemiPermutation first) {
        if (first.rows() != columns) {
            throw new IllegalArgumentException("cannot split " + columns + " units after a splitting into "
                    + first.rows());
        }
        int[] newParents = new int[parents.length];
        double[] newShares = new double[parents.length];
        for (int row = 0; row < parents.length; row++) {
            newParents[row] = parents[row] < 0 ? -1 : first.parents[parents[row]];
            newShares[row] = newParents[row] < 0 ? 0 : shares[row] * first.shares[parents[row]];
        }
        return new SemiPermutation(first.columns, newParents, newShares);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SemiPermutation that
                && columns == that.columns
                && Arrays.equals(parents, that.parents)
                && Arrays.equals(shares, that.shares);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(parents) + Arrays.hashCode(shares);
    }
}

package org.thalweg.group;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.thalweg.tensor.Columns;
import org.thalweg.tensor.InPlace;
import org.thalweg.tensor.Tensor;

/**
 * An order of positions in which some change their sign.
 *
 * @param unsigned the order
 * @param negative [size] whether position i of A takes the negative of its content; copied in and out
 */
public record SignedPermutation(Permutation unsigned, boolean[] negative) implements AxisMap {
    /** Refuses lists of different lengths. */
    public SignedPermutation {
        negative = negative.clone();
        if (negative.length != unsigned.size()) {
            throw new IllegalArgumentException("a signed permutation of " + unsigned.size() + " positions cannot have "
                    + negative.length + " signs");
        }
    }

    /**
     * The element that changes nothing.
     *
     * @param size how many positions
     * @return the identity
     */
    public static SignedPermutation identity(int size) {
        return new SignedPermutation(Permutation.identity(size), new boolean[size]);
    }

    @Override
    public boolean[] negative() {
        return negative.clone();
    }

    @Override
    public int size() {
        return negative.length;
    }

    @Override
    public boolean isIdentity() {
        return moved() == 0;
    }

    @Override
    public int moved() {
        return (int) IntStream.range(0, negative.length)
                .filter(i -> negative[i] || unsigned.image(i) != i)
                .count();
    }

    @Override
    public SignedPermutation inverse() {
        boolean[] result = new boolean[negative.length];
        for (int i = 0; i < result.length; i++) {
            result[unsigned.image(i)] = negative[i];
        }
        return new SignedPermutation(unsigned.inverse(), result);
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many positions
     * @return the product
     */
    public SignedPermutation after(SignedPermutation first) {
        GroupElement.requireEqualSize(this, first);
        boolean[] result = new boolean[negative.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = negative[i] != first.negative[unsigned.image(i)];
        }
        return new SignedPermutation(unsigned.after(first.unsigned), result);
    }

    /**
     * Numbers in this order and with these signs.
     *
     * @param values [size]; not changed
     * @return [size]
     */
    public double[] applyTo(double[] values) {
        double[] result = unsigned.applyTo(values);
        for (int i = 0; i < result.length; i++) {
            result[i] = negative[i] ? -result[i] : result[i];
        }
        return result;
    }

    @Override
    public Tensor applyTo(Tensor tensor, int axis) {
        if (Columns.takes(tensor, axis) && tensor.dtype().isFloating()) {
            return Columns.select(tensor, unsigned.image(), negative);
        }
        long[] shape = new long[tensor.rank()];
        Arrays.fill(shape, 1);
        shape[axis] = size();
        double[] signs = new double[size()];
        Arrays.setAll(signs, i -> negative[i] ? -1 : 1);
        Tensor moved = unsigned.applyTo(tensor, axis);
        Tensor factors = Tensor.of(signs, shape).to(tensor.dtype());
        if (!InPlace.isAllowed(moved)) {
            return moved.multiply(factors);
        }
        InPlace.multiply(moved, factors);
        return moved;
    }

    @Override
    public SignedPermutation dual() {
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedPermutation that
                && unsigned.equals(that.unsigned)
                && Arrays.equals(negative, that.negative);
    }

    @Override
    public int hashCode() {
        return 31 * unsigned.hashCode() + Arrays.hashCode(negative);
    }
}

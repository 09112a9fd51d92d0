package org.thalweg.checkpoint;

import java.util.Arrays;
import org.thalweg.tensor.Tensor;

/**
 * Element type and shape of a stored tensor, row-major.
 *
 * @param type what the elements are
 * @param shape lengths of the axes, each at least 0; empty for a single number; copied in and out
 */
public record TensorLayout(ElementType type, long[] shape) {
    private static final int MOST_AXES = 64;

    /**
     * Checks that the tensor's size can be stated.
     *
     * @throws IllegalArgumentException when a length is negative, there are more than 64 axes, or the size is no whole
     *     number of bytes below 2^63
     */
    public TensorLayout {
        shape = shape.clone();
        bytes(type, shape);
    }

    /** The layout a tensor would be stored in. */
    public static TensorLayout of(Tensor tensor) {
        return new TensorLayout(ElementType.of(tensor.dtype()), tensor.shape());
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Number of axes. */
    public int rank() {
        return shape.length;
    }

    /** Number of elements. */
    public long elements() {
        return Arrays.stream(shape).reduce(1, (product, length) -> product * length);
    }

    /** Size in bytes. */
    public long bytes() {
        return bytes(type, shape);
    }

    /** The axes' indices of an element counted in row-major order, such as {@code [3, 0, 17]}. */
    String indexOf(long element) {
        long[] index = new long[shape.length];
        long rest = element;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return Arrays.toString(index);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorLayout that && type == that.type && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }

    private static long bytes(ElementType type, long[] shape) {
        if (shape.length > MOST_AXES) {
            throw new IllegalArgumentException("has " + shape.length + " axes, more than " + MOST_AXES);
        }
        long nonEmpty = type.bits();
        boolean empty = false;
        for (long length : shape) {
            if (length < 0) {
                throw new IllegalArgumentException("has an axis of negative length " + length);
            }
            empty |= length == 0;
            // Strides are computed even for empty tensors, so a zero must not hide an overflow.
            long high = Math.multiplyHigh(nonEmpty, Math.max(1, length));
            nonEmpty *= Math.max(1, length);
            if (high != 0 || nonEmpty < 0) {
                throw new IllegalArgumentException("has a shape " + Arrays.toString(shape) + " too large for any file");
            }
        }
        if (nonEmpty % 8 != 0 && !empty) {
            throw new IllegalArgumentException("of " + type + Arrays.toString(shape) + " is no whole number of bytes");
        }
        return empty ? 0 : nonEmpty / 8;
    }
}

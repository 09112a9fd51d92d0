package org.thalweg.symmetry;

import java.util.Arrays;
import org.thalweg.tensor.Tensor;

/**
 * An order of positions.
 *
 * @param image [size] {@code image[i]} is the index in B placed at position i of A; copied in and out
 */
public record Permutation(int[] image) implements GroupElement {
    /** Refuses arrays in which an index is missing or doubled. */
    public Permutation {
        image = image.clone();
        boolean[] seen = new boolean[image.length];
        for (int index : image) {
            if (index < 0 || index >= image.length || seen[index]) {
                throw new IllegalArgumentException("not a permutation of 0 to " + (image.length - 1) + ": index "
                        + index + " is out of range or occurs twice");
            }
            seen[index] = true;
        }
    }

    /**
     * The order that leaves every position alone.
     *
     * @param size how many positions
     * @return the identity
     */
    public static Permutation identity(int size) {
        int[] image = new int[size];
        Arrays.setAll(image, i -> i);
        return new Permutation(image);
    }

    @Override
    public int[] image() {
        return image.clone();
    }

    /**
     * Where one position takes its content from.
     *
     * @param position in A
     * @return the index in B
     */
    public int image(int position) {
        return image[position];
    }

    @Override
    public int size() {
        return image.length;
    }

    @Override
    public boolean isIdentity() {
        return fixedPoints() == image.length;
    }

    /**
     * How many positions keep their content.
     *
     * @return number of i with {@code image[i] == i}
     */
    public int fixedPoints() {
        int count = 0;
        for (int i = 0; i < image.length; i++) {
            if (image[i] == i) {
                count++;
            }
        }
        return count;
    }

    @Override
    public Permutation inverse() {
        int[] result = new int[image.length];
        for (int i = 0; i < image.length; i++) {
            result[image[i]] = i;
        }
        return new Permutation(result);
    }

    /**
     * The order that applies {@code first} and then this one: {@code result[i] = first[this[i]]}.
     *
     * @param first an order of as many positions
     * @return the product
     */
    public Permutation after(Permutation first) {
        GroupElement.requireEqualSize(this, first);
        int[] result = new int[image.length];
        for (int i = 0; i < image.length; i++) {
            result[i] = first.image[image[i]];
        }
        return new Permutation(result);
    }

    /**
     * Numbers in this order.
     *
     * @param values [size]; not changed
     * @return [size] element i is {@code values[image[i]]}
     */
    public double[] applyTo(double[] values) {
        double[] result = new double[image.length];
        for (int i = 0; i < image.length; i++) {
            result[i] = values[image[i]];
        }
        return result;
    }

    /**
     * The slices of a tensor in this order.
     *
     * @param tensor with an axis of {@link #size()}; not changed
     * @param axis which axis
     * @return the same shape
     */
    public Tensor applyTo(Tensor tensor, int axis) {
        return tensor.indexSelect(axis, Tensor.indices(image));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Permutation that && Arrays.equals(image, that.image);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(image);
    }

    @Override
    public String toString() {
        return "Permutation" + Arrays.toString(image);
    }
}

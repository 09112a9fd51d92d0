package org.thalweg.group;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.tensor.Tensor;

/**
 * An order of positions.
 *
 * @param image [size] {@code image[i]} is the index in B placed at position i of A; copied in and out
 */
public record Permutation(int[] image) implements AxisMap {
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

    /**
     * Every order of a few positions.
     *
     * @param size at most 8
     * @return all {@code size!} orders, lexicographically, the identity first
     */
    public static List<Permutation> all(int size) {
        if (size < 0 || size > 8) {
            throw new IllegalArgumentException("all orders are listed for 0 to 8 positions, not " + size);
        }
        List<Permutation> result = new ArrayList<>();
        extend(new int[size], 0, result);
        return result;
    }

    private static void extend(int[] image, int filled, List<Permutation> result) {
        if (filled == image.length) {
            result.add(new Permutation(image));
            return;
        }
        for (int index = 0; index < image.length; index++) {
            int candidate = index;
            if (Arrays.stream(image, 0, filled).noneMatch(used -> used == candidate)) {
                image[filled] = index;
                extend(image, filled + 1, result);
            }
        }
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
        return moved() == 0;
    }

    @Override
    public int moved() {
        return image.length - fixedPoints();
    }

    /**
     * How many positions keep their content.
     *
     * @return number of i with {@code image[i] == i}
     */
    public int fixedPoints() {
        return (int) IntStream.range(0, image.length).filter(i -> image[i] == i).count();
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
    @Override
    public Tensor applyTo(Tensor tensor, int axis) {
        return tensor.indexSelect(axis, Tensor.indices(image));
    }

    @Override
    public Permutation dual() {
        return this;
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

package org.thalweg.group;

import java.util.Arrays;
import org.thalweg.tensor.Tensor;

/**
 * What commutes with rotary position embeddings: in each pair of coordinates that turn together, a rotation and a
 * stretch, that is the multiplication by a complex number. Acting on the query by z and on the key by 1/z̄ it leaves
 * every score as it is (RoPE, arXiv 2104.09864, equation 16).
 *
 * @param numbers [size] real and imaginary part of the factor of pair 0, of pair 1, …; copied in and out
 * @param interleaved whether pair i is the coordinates 2i and 2i+1, not i and i + size/2
 */
public record RotaryMap(double[] numbers, boolean interleaved) implements AxisMap {
    /** Refuses an odd length and factors that are 0 or not finite. */
    public RotaryMap {
        numbers = numbers.clone();
        RotaryPairs.requireEven(numbers.length);
        for (int i = 0; i < numbers.length; i += 2) {
            double squared = numbers[i] * numbers[i] + numbers[i + 1] * numbers[i + 1];
            if (!(squared > 0 && Double.isFinite(squared))) {
                throw new IllegalArgumentException("a rotary pair cannot be multiplied by " + numbers[i] + " + "
                        + numbers[i + 1] + "i");
            }
        }
    }

    /**
     * The element that changes nothing.
     *
     * @param size number of coordinates, even
     * @param interleaved which coordinates are a pair
     * @return the identity
     */
    public static RotaryMap identity(int size, boolean interleaved) {
        double[] numbers = new double[size];
        Arrays.setAll(numbers, i -> 1 - i % 2);
        return new RotaryMap(numbers, interleaved);
    }

    @Override
    public double[] numbers() {
        return numbers.clone();
    }

    @Override
    public int size() {
        return numbers.length;
    }

    @Override
    public boolean isIdentity() {
        return Arrays.equals(numbers, identity(size(), interleaved).numbers);
    }

    @Override
    public RotaryMap inverse() {
        double[] result = numbers.clone();
        for (int i = 0; i < result.length; i += 2) {
            double squared = numbers[i] * numbers[i] + numbers[i + 1] * numbers[i + 1];
            result[i] = numbers[i] / squared;
            result[i + 1] = 0 - numbers[i + 1] / squared;
        }
        return new RotaryMap(result, interleaved);
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates and the same pairs
     * @return the product
     */
    public RotaryMap after(RotaryMap first) {
        GroupElement.requireEqualSize(this, first);
        double[] result = new double[numbers.length];
        for (int i = 0; i < result.length; i += 2) {
            result[i] = numbers[i] * first.numbers[i] - numbers[i + 1] * first.numbers[i + 1];
            result[i + 1] = numbers[i] * first.numbers[i + 1] + numbers[i + 1] * first.numbers[i];
        }
        return new RotaryMap(result, interleaved);
    }

    SquareMatrix matrix() {
        int size = numbers.length;
        double[] entries = new double[size * size];
        RotaryPairs pairs = new RotaryPairs(size, interleaved);
        for (int pair = 0; pair < pairs.count(); pair++) {
            int one = pairs.first(pair);
            int other = pairs.second(pair);
            entries[one * size + one] = numbers[2 * pair];
            entries[other * size + other] = numbers[2 * pair];
            entries[one * size + other] = -numbers[2 * pair + 1];
            entries[other * size + one] = numbers[2 * pair + 1];
        }
        return new SquareMatrix(size, entries);
    }

    @Override
    public Tensor applyTo(Tensor tensor, int axis) {
        return matrix().applyTo(tensor, axis);
    }

    @Override
    public RotaryMap dual() {
        double[] conjugated = inverse().numbers;
        for (int i = 1; i < conjugated.length; i += 2) {
            conjugated[i] = 0 - conjugated[i];
        }
        return new RotaryMap(conjugated, interleaved);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RotaryMap that
                && interleaved == that.interleaved
                && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers);
    }
}

package org.thalweg.group;

import java.util.Arrays;

/**
 * A vector that is added.
 *
 * @param offsets [size] numbers added, one a coordinate; copied in and out
 */
public record Translation(double[] offsets) implements GroupElement {
    /** Refuses numbers that are infinite or NaN. */
    public Translation {
        offsets = offsets.clone();
        for (double number : offsets) {
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException("a translation cannot have the coordinate " + number);
            }
        }
    }

    /**
     * The element that changes nothing.
     *
     * @param size how many coordinates
     * @return the identity
     */
    public static Translation identity(int size) {
        double[] result = new double[size];
        Arrays.fill(result, 0);
        return new Translation(result);
    }

    @Override
    public double[] offsets() {
        return offsets.clone();
    }

    @Override
    public int size() {
        return offsets.length;
    }

    @Override
    public boolean isIdentity() {
        return Arrays.stream(offsets).allMatch(number -> number == 0);
    }

    @Override
    public Translation inverse() {
        return new Translation(Arrays.stream(offsets).map(number -> 0 - number).toArray());
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates
     * @return the product
     */
    public Translation after(Translation first) {
        GroupElement.requireEqualSize(this, first);
        double[] result = new double[offsets.length];
        Arrays.setAll(result, i -> offsets[i] + first.offsets[i]);
        return new Translation(result);
    }

    /**
     * This vector with its coordinates multiplied.
     *
     * @param scaling as many factors, or a single one for all coordinates
     * @return the scaled vector
     */
    public Translation scaled(Scaling scaling) {
        double[] factors = scaling.factors();
        double[] result = new double[offsets.length];
        Arrays.setAll(result, i -> offsets[i] * factors[factors.length == 1 ? 0 : i]);
        return new Translation(result);
    }

    /**
     * This vector moved by a map of the axis it is added along.
     *
     * @param map of as many coordinates
     * @return the moved vector
     */
    Translation mappedBy(AxisMap map) {
        return new Translation(switch (map) {
            case Permutation order -> order.applyTo(offsets);
            case SignedPermutation signed -> signed.applyTo(offsets);
            case LinearMap linear -> linear.matrix().times(offsets);
            case RotaryMap rotary -> rotary.matrix().times(offsets);
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Translation that && Arrays.equals(offsets, that.offsets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(offsets);
    }

    @Override
    public String toString() {
        return "Translation" + Arrays.toString(offsets);
    }
}

package org.thalweg.group;

import java.util.Arrays;

/**
 * Factors that multiply coordinates. Whether negative ones are allowed is the group's to say.
 *
 * @param factors [size] factors, one a coordinate; copied in and out
 */
public record Scaling(double[] factors) implements GroupElement {
    /** Refuses numbers that are 0, infinite or NaN, or so small that their inverse is infinite. */
    public Scaling {
        factors = factors.clone();
        for (double number : factors) {
            if (!Double.isFinite(number) || !Double.isFinite(1 / number)) {
                throw new IllegalArgumentException("a scaling cannot have the coordinate " + number);
            }
        }
    }

    /**
     * The element that changes nothing.
     *
     * @param size how many coordinates
     * @return the identity
     */
    public static Scaling identity(int size) {
        double[] result = new double[size];
        Arrays.fill(result, 1);
        return new Scaling(result);
    }

    @Override
    public double[] factors() {
        return factors.clone();
    }

    @Override
    public int size() {
        return factors.length;
    }

    @Override
    public boolean isIdentity() {
        return Arrays.stream(factors).allMatch(number -> number == 1);
    }

    boolean isPositive() {
        return Arrays.stream(factors).allMatch(number -> number > 0);
    }

    @Override
    public Scaling inverse() {
        return new Scaling(Arrays.stream(factors).map(number -> 1 / number).toArray());
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates
     * @return the product
     */
    public Scaling after(Scaling first) {
        GroupElement.requireEqualSize(this, first);
        double[] result = new double[factors.length];
        Arrays.setAll(result, i -> factors[i] * first.factors[i]);
        return new Scaling(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scaling that && Arrays.equals(factors, that.factors);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(factors);
    }

    @Override
    public String toString() {
        return "Scaling" + Arrays.toString(factors);
    }
}

package org.thalweg.group;

import java.util.Arrays;

/**
 * Positive factors that multiply.
 *
 * @param factors [size] factors, one a coordinate; copied in and out
 */
public record PositiveScaling(double[] factors) implements Scaling {
    /** Refuses numbers that are not positive and finite. */
    public PositiveScaling {
        factors = factors.clone();
        for (double number : factors) {
            if (!(number > 0 && Double.isFinite(number))) {
                throw new IllegalArgumentException("a positive scaling cannot have the coordinate " + number);
            }
        }
    }

    /**
     * The element that changes nothing.
     *
     * @param size how many coordinates
     * @return the identity
     */
    public static PositiveScaling identity(int size) {
        double[] result = new double[size];
        Arrays.fill(result, 1);
        return new PositiveScaling(result);
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

    @Override
    public PositiveScaling inverse() {
        return new PositiveScaling(Arrays.stream(factors).map(number -> 1 / number).toArray());
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates
     * @return the product
     */
    public PositiveScaling after(PositiveScaling first) {
        GroupElement.requireEqualSize(this, first);
        double[] result = new double[factors.length];
        Arrays.setAll(result, i -> factors[i] * first.factors[i]);
        return new PositiveScaling(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PositiveScaling that && Arrays.equals(factors, that.factors);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(factors);
    }

    @Override
    public String toString() {
        return "PositiveScaling" + Arrays.toString(factors);
    }
}

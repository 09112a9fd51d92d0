package org.thalweg.scaling;

/**
 * {@code y = coefficient · x^exponent}.
 *
 * @param coefficient y where x is 1
 * @param exponent not 0 where {@link #inverse} is asked for
 */
public record PowerLaw(double coefficient, double exponent) {
    /**
     * y at an x.
     *
     * @param x above 0
     * @return y
     */
    public double at(double x) {
        return coefficient * Math.pow(x, exponent);
    }

    /**
     * The x of a y.
     *
     * @param y of the coefficient's sign
     * @return the x at which the law has that y
     */
    public double inverse(double y) {
        return Math.pow(y / coefficient, 1 / exponent);
    }
}

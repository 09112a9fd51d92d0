package org.thalweg.scaling;

/**
 * A number found from measurements, and the interval that holds the true one in 95 of 100 such sets of measurements
 * (as far as the residuals are normal, equally wide and independent, and the law is linear over the interval).
 *
 * @param value the number
 * @param low lower end of the interval
 * @param high upper end
 */
public record Estimate(double value, double low, double high) {
    /** How often the interval holds the true number. */
    public static final double CONFIDENCE = 0.95;

    static Estimate of(double value, double standardError, StudentT distribution) {
        double half = standardError * distribution.bound(CONFIDENCE);
        return new Estimate(value, value - half, value + half);
    }

    /** The exponential of a number whose logarithm was estimated. */
    Estimate exponential() {
        return new Estimate(Math.exp(value), Math.exp(low), Math.exp(high));
    }
}

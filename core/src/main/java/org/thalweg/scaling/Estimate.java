package org.thalweg.scaling;

/**
 * A number found from measurements, and the interval that holds the true one in 95 of 100 such sets of measurements, as
 * far as their errors are normal, equally wide and independent.
 *
 * @param value the number
 * @param low lower end of the interval, may be infinite
 * @param high upper end, may be infinite
 */
public record Estimate(double value, double low, double high) {
    /** How often the interval holds the true number. */
    public static final double CONFIDENCE = 0.95;

    /** The exponential of a number whose logarithm was estimated. */
    Estimate exponential() {
        return new Estimate(Math.exp(value), Math.exp(low), Math.exp(high));
    }
}

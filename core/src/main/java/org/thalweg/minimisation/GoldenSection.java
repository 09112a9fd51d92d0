package org.thalweg.minimisation;

import java.util.function.DoubleUnaryOperator;

/**
 * Golden-section search (Kiefer 1953): the interval shrinks to 0.618 of its length with each further value of the
 * function.
 *
 * @param sections how often it shrinks; after 60 the last digits decide
 */
public record GoldenSection(int sections) {
    private static final double RATIO = (Math.sqrt(5) - 1) / 2;

    /**
     * Where a function that falls and then rises between two numbers is smallest.
     *
     * @param function called once for each section and twice before
     * @param from the one number
     * @param to the other, no smaller
     * @return the middle of the last interval; some number between the two where the function is of another form
     */
    public double smallest(DoubleUnaryOperator function, double from, double to) {
        double low = from;
        double high = to;
        double left = high - RATIO * (high - low);
        double right = low + RATIO * (high - low);
        double atLeft = function.applyAsDouble(left);
        double atRight = function.applyAsDouble(right);
        for (int section = 0; section < sections; section++) {
            if (atLeft <= atRight) {
                high = right;
                right = left;
                atRight = atLeft;
                left = high - RATIO * (high - low);
                atLeft = function.applyAsDouble(left);
            } else {
                low = left;
                left = right;
                atLeft = atRight;
                right = low + RATIO * (high - low);
                atRight = function.applyAsDouble(right);
            }
        }
        return (low + high) / 2;
    }
}

package org.thalweg.matching;

import java.util.function.DoubleUnaryOperator;

/** Golden-section search for the smallest value of a function of one number. */
final class Golden {
    private static final double RATIO = (Math.sqrt(5) - 1) / 2;
    private static final int STEPS = 60;

    private Golden() {}

    /** Where a function that falls and then rises between two numbers is smallest. */
    static double smallest(DoubleUnaryOperator function, double from, double to) {
        double low = from;
        double high = to;
        double left = high - RATIO * (high - low);
        double right = low + RATIO * (high - low);
        double atLeft = function.applyAsDouble(left);
        double atRight = function.applyAsDouble(right);
        for (int step = 0; step < STEPS; step++) {
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

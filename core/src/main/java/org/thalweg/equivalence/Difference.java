package org.thalweg.equivalence;

import java.util.Arrays;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The largest difference between numbers of two models so far. For one thread. */
final class Difference {
    private double difference;
    private double largest;
    private long outputs;
    private boolean finite = true;

    void add(Tensor expected, Tensor found) {
        try (Scope scope = Scope.open()) {
            outputs += expected.size();
            if (!Arrays.equals(expected.shape(), found.shape()) || !expected.isFinite() || !found.isFinite()) {
                finite = false;
            } else if (expected.size() > 0) {
                largest = Math.max(largest, expected.abs().max());
                difference = Math.max(difference, expected.subtract(found).abs().max());
            }
        }
    }

    boolean isFinite() {
        return finite;
    }

    /** Whether all numbers agree; those in the middle of a network may be 0. */
    boolean isWithin(double tolerance) {
        return finite && difference <= tolerance * largest;
    }

    Verification verification(double tolerance) {
        return finite
                ? new Verification(difference, largest, outputs, tolerance)
                : new Verification(Double.NaN, Double.NaN, outputs, tolerance);
    }
}

package org.thalweg.equivalence;

import java.util.Arrays;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The largest difference between numbers of two models so far. For one thread. */
final class Difference {
    /** Numbers that are compared at a time. */
    private static final long BLOCK = 1 << 20;

    private double difference;
    private double largest;
    private long outputs;
    private boolean finite = true;

    void add(Tensor expected, Tensor found) {
        try (Scope scope = Scope.open()) {
            outputs += expected.size();
            if (!Arrays.equals(expected.shape(), found.shape()) || !expected.isFinite() || !found.isFinite()) {
                finite = false;
            } else {
                addFinite(expected.reshape(-1), found.reshape(-1));
            }
        }
    }

    private void addFinite(Tensor expected, Tensor found) {
        for (long start = 0; start < expected.size(); start += BLOCK) {
            try (Scope scope = Scope.open()) {
                long length = Math.min(BLOCK, expected.size() - start);
                Tensor one = expected.narrow(0, start, length);
                largest = Math.max(largest, one.abs().max());
                difference = Math.max(difference, one.subtract(found.narrow(0, start, length)).abs().max());
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

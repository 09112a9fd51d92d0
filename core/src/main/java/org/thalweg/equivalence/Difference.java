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
        outputs += expected.size();
        if (!Arrays.equals(expected.shape(), found.shape())) {
            finite = false;
        }
        try (Scope scope = Scope.open()) {
            Tensor one = expected.reshape(-1);
            Tensor other = found.reshape(-1);
            for (long start = 0; finite && start < one.size(); start += BLOCK) {
                try (Scope block = Scope.open()) {
                    long length = Math.min(BLOCK, one.size() - start);
                    addBlock(one.narrow(0, start, length), other.narrow(0, start, length));
                }
            }
        }
    }

    private void addBlock(Tensor expected, Tensor found) {
        finite &= expected.isFinite() && found.isFinite();
        if (finite) {
            largest = Math.max(largest, expected.abs().max());
            difference = Math.max(difference, expected.subtract(found).abs().max());
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

package org.thalweg.matching.learned;

import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** From where on the straight line between A (t = 0) and B (t = 1) the loss of a step is (arXiv 2506.22712, C.1.2). */
public enum Sampler {
    /** The middle. */
    FIXED,
    /** Uniform between 0.4 and 0.6, the paper's choice. */
    NARROW,
    /** Uniform between 0 and 1. */
    UNIFORM,
    /** Normal around the middle with deviation 0.1, cut at the ends. */
    GAUSSIAN;

    double draw(Random random) {
        try (Scope scope = Scope.open()) {
            return switch (this) {
                case FIXED -> 0.5;
                case NARROW -> random.uniform(DType.FLOAT64, 0.4, 0.6, 1).item();
                case UNIFORM -> random.uniform(DType.FLOAT64, 0, 1, 1).item();
                case GAUSSIAN -> Math.clamp(0.5 + 0.1 * random.normal(DType.FLOAT64, 1).item(), 0, 1);
            };
        }
    }
}

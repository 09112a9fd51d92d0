package org.thalweg.merging;

import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** Decides by chance, reproducibly: uniform numbers of a seeded generator, one after another. For one thread. */
final class Chance {
    private static final int DRAWN = 1 << 12;

    private final Random random;
    private double[] drawn = {};
    private int next;

    private Chance(Random random) {
        this.random = random;
    }

    /**
     * The chance of one model's tensor.
     *
     * @param tensors with the tensor's seed
     * @param model which model, from 0; each has a stream of its own
     * @return at its beginning
     */
    static Chance of(ModelTensors tensors, int model) {
        return new Chance(Random.seeded(Random.childSeed(tensors.seed(), "model " + model)));
    }

    /**
     * Decides.
     *
     * @param probability of true; 0 is never, 1 always
     * @return whether it happens
     */
    boolean happens(double probability) {
        if (next == drawn.length) {
            try (Scope scope = Scope.open()) {
                drawn = random.uniform(DType.FLOAT64, 0, 1, DRAWN).toDoubles();
            }
            next = 0;
        }
        return drawn[next++] < probability;
    }
}

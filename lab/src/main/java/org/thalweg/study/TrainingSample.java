package org.thalweg.study;

import java.util.Arrays;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.SomeExamples;

/**
 * The part of the training examples on which barriers are measured beside those on the test set: as many as the test
 * set has, or all when there are fewer, drawn once for all models, as they are and not changed at random. Averaging
 * regularises, so between overfitted models a barrier can vanish on the test set that is there on the training set.
 */
final class TrainingSample {
    /** What results call it. */
    static final String NAME = "training split";

    private static final long SEED = 1;

    private TrainingSample() {}

    /** How many examples it has. */
    static int size(ExampleData data) {
        return Math.min(data.test().size(), data.train().size());
    }

    /** The examples. */
    static Examples of(ExampleData data) {
        try (Scope scope = Scope.open()) {
            int[] order = Random.seeded(Random.childSeed(SEED, "training images of barriers"))
                    .permutation(data.train().size());
            return new SomeExamples(data.train(), Arrays.copyOf(order, size(data)));
        }
    }
}

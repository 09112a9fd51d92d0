package org.thalweg.training;

import java.io.Serializable;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Schedule;

/**
 * How a network is trained.
 *
 * @param epochs passes over the training set
 * @param batch examples of a step; the last batch of an epoch may be smaller
 * @param method the optimiser
 * @param schedule the learning rate
 * @param longestGradient largest norm of all gradients of a step together, to which longer ones are scaled; infinite
 *     for no bound
 */
public record TrainingPlan(
        int epochs, int batch, Optimiser.Method method, Schedule schedule, double longestGradient)
        implements Serializable {
    /** Without a bound on gradients. */
    public TrainingPlan(int epochs, int batch, Optimiser.Method method, Schedule schedule) {
        this(epochs, batch, method, schedule, Double.POSITIVE_INFINITY);
    }

    /**
     * Steps of the whole training.
     *
     * @param examples size of the training set
     * @return steps
     */
    public long steps(int examples) {
        return epochs * stepsPerEpoch(examples);
    }

    long stepsPerEpoch(int examples) {
        return Math.ceilDiv(examples, batch);
    }
}

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
 * @param copies of examples that are changed at random: that many changed copies of each, which epochs take in turn; 0
 *     for another one in every epoch
 */
public record TrainingPlan(
        int epochs, int batch, Optimiser.Method method, Schedule schedule, double longestGradient, int copies)
        implements Serializable {
    /** Without a bound on gradients. */
    public TrainingPlan(int epochs, int batch, Optimiser.Method method, Schedule schedule) {
        this(epochs, batch, method, schedule, Double.POSITIVE_INFINITY);
    }

    /** With changed examples that every epoch changes anew, if they are changed at all. */
    public TrainingPlan(
            int epochs, int batch, Optimiser.Method method, Schedule schedule, double longestGradient) {
        this(epochs, batch, method, schedule, longestGradient, 0);
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

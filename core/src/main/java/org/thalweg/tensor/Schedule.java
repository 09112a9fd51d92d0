package org.thalweg.tensor;

import java.io.Serializable;

/**
 * The learning rate at each step: a linear rise from zero over the warm-up, then constant or a half cosine down to
 * zero.
 *
 * @param shape what follows the warm-up
 * @param peak the highest learning rate
 * @param warmup share of all steps spent rising, in [0, 1)
 */
public record Schedule(Shape shape, double peak, double warmup) implements Serializable {
    /** What follows the warm-up. */
    public enum Shape {
        /** The peak, to the end. */
        CONSTANT,
        /** Half a cosine from the peak to zero. */
        COSINE
    }

    /**
     * The learning rate of a step.
     *
     * @param step from 0
     * @param steps how many there are in all
     * @return the learning rate
     */
    public double at(long step, long steps) {
        double rising = warmup * steps;
        if (step < rising) {
            return peak * (step + 1) / (rising + 1);
        }
        return switch (shape) {
            case CONSTANT -> peak;
            case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * (step - rising) / Math.max(1, steps - rising)));
        };
    }
}

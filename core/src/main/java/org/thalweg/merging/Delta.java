package org.thalweg.merging;

import java.util.Optional;
import org.thalweg.tensor.Tensor;

/**
 * What a model has that its base has not: the difference of a tensor, in part and rescaled where it was trimmed. It is
 * computed where it is read; no memory but a bit for each number that was looked at.
 *
 * @param model the model's numbers
 * @param base the base's numbers
 * @param size how many
 * @param kept the places where it is not 0; all when there is nothing
 * @param factor by which it is multiplied
 */
record Delta(Numbers model, Numbers base, long size, Optional<Places> kept, double factor) implements Numbers {
    /**
     * The whole difference.
     *
     * @param model in float64; not changed
     * @param base in float64, of the same shape; not changed
     * @return model − base
     */
    static Delta of(Tensor model, Tensor base) {
        return new Delta(Numbers.of(model), Numbers.of(base), base.size(), Optional.empty(), 1);
    }

    @Override
    public void read(long start, double[] into, int length) {
        double[] origin = new double[length];
        base.read(start, origin, length);
        model.read(start, into, length);
        for (int i = 0; i < length; i++) {
            into[i] = (into[i] - origin[i]) * factor;
        }
        if (kept.isPresent()) {
            kept.get().mask(start, into, length);
        }
    }

    /** Absolute values. */
    Numbers magnitudes() {
        return (start, into, length) -> {
            read(start, into, length);
            for (int i = 0; i < length; i++) {
                into[i] = Math.abs(into[i]);
            }
        };
    }

    /**
     * A part of it.
     *
     * @param places where it stays; everywhere else it becomes 0
     * @return the same times the same factor
     */
    Delta at(Places places) {
        return new Delta(model, base, size, Optional.of(places), factor);
    }

    /** A multiple. */
    Delta times(double number) {
        return new Delta(model, base, size, kept, factor * number);
    }
}

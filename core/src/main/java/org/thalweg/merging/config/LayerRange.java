package org.thalweg.merging.config;

import org.thalweg.failure.WrongUse;

/**
 * Consecutive layers of a model.
 *
 * @param from the first, counted from 0
 * @param to the one behind the last
 */
public record LayerRange(int from, int to) {
    /** Refuses what holds no layer. */
    public LayerRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no layers: [" + from + ", " + to + ")");
        }
    }

    /**
     * How many they are.
     *
     * @return at least 1
     */
    public int count() {
        return to - from;
    }

    LayerRange within(int layers, String model) {
        if (to > layers) {
            throw new WrongUse("the layer_range [" + from + ", " + to + "] goes beyond the last layer of the model '"
                    + model + "', which has " + layers + "; it may end at " + layers + ", which stands for all.");
        }
        return this;
    }
}

package org.thalweg.connectivity;

import java.util.ArrayList;
import java.util.List;

/**
 * A grid on the simplex of the weights of several models: all weights that are multiples of {@code 1 / (points - 1)}
 * and sum to 1. For two models it is a uniform {@link Grid}.
 *
 * @param models how many, at least 2
 * @param points along an edge, at least 2
 */
public record Simplex(int models, int points) {
    /** Refuses what has no edge. */
    public Simplex {
        if (models < 2 || points < 2) {
            throw new IllegalArgumentException("a simplex needs two models and two points along an edge, found "
                    + models + " and " + points);
        }
    }

    /**
     * The weights, first all of the first model, last all of the last: weights of earlier models fall first.
     *
     * @return [points of the grid][models], both ends of every edge included
     */
    public List<double[]> weights() {
        List<double[]> all = new ArrayList<>();
        fill(new int[models], 0, points - 1, all);
        return all;
    }

    private void fill(int[] parts, int model, int left, List<double[]> all) {
        if (model == models - 1) {
            parts[model] = left;
            double[] weights = new double[models];
            for (int i = 0; i < models; i++) {
                weights[i] = (double) parts[i] / (points - 1);
            }
            all.add(weights);
            return;
        }
        for (int part = left; part >= 0; part--) {
            parts[model] = part;
            fill(parts, model + 1, left - part, all);
        }
    }
}

package org.thalweg.connectivity;

import java.util.List;

/**
 * Loss and accuracy of weighted means of several models on a {@link Simplex}.
 *
 * @param simplex where was measured
 * @param weights the weights of each point, as {@link Simplex#weights}; not to be changed
 * @param scores what was found there, all finite
 */
public record Surface(Simplex simplex, List<double[]> weights, List<EvaluationSet.Score> scores) {
    /** Copies the lists. */
    public Surface {
        weights = List.copyOf(weights);
        scores = List.copyOf(scores);
        if (weights.size() != scores.size()) {
            throw new IllegalArgumentException(weights.size() + " points have " + scores.size() + " scores");
        }
    }

    /**
     * How far a surface rises above the flat one through its corners.
     *
     * @param height in nats; at least 0, since the corners count
     * @param at the weights of the models there, the first of several such points; not to be changed
     */
    public record Rise(double height, double[] at) {}

    /**
     * The barrier of several models, Equation (2) of arXiv 2506.22712: the supremum over the grid of
     * {@code L(Σ w_m θ_m) - Σ w_m L(θ_m)}.
     *
     * @return the barrier in nats and where it is
     */
    public Rise lossBarrier() {
        Rise highest = new Rise(0, weights.getFirst());
        for (int point = 0; point < weights.size(); point++) {
            double height = scores.get(point).loss() - flat(weights.get(point));
            if (height > highest.height()) {
                highest = new Rise(height, weights.get(point));
            }
        }
        return highest;
    }

    private double flat(double[] point) {
        double flat = 0;
        for (int model = 0; model < point.length; model++) {
            flat += point[model] * corner(model).loss();
        }
        return flat;
    }

    /**
     * What a model scores by itself.
     *
     * @param model its number, from 0
     * @return its score
     */
    public EvaluationSet.Score corner(int model) {
        for (int point = 0; point < weights.size(); point++) {
            if (weights.get(point)[model] == 1) {
                return scores.get(point);
            }
        }
        throw new IllegalStateException("a simplex has all its corners");
    }

    /**
     * The path between two of the models, an edge of the simplex.
     *
     * @param a the model at t = 0
     * @param b the model at t = 1
     * @return its curves on the grid of the edge
     */
    public LossAndAccuracy edge(int a, int b) {
        Grid grid = Grid.uniform(simplex.points());
        EvaluationSet.Score[] along = new EvaluationSet.Score[grid.points()];
        for (int point = 0; point < weights.size(); point++) {
            int step = (int) Math.round(weights.get(point)[b] * (grid.points() - 1));
            int rest = (int) Math.round(weights.get(point)[a] * (grid.points() - 1));
            if (step + rest == grid.points() - 1) {
                along[step] = scores.get(point);
            }
        }
        return StraightPath.curves(grid, List.of(along));
    }
}

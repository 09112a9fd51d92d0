package org.thalweg.model;

import java.util.List;
import org.thalweg.connectivity.Examples;
import org.thalweg.connectivity.Simplex;
import org.thalweg.connectivity.Surface;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.WorkObserver;

/**
 * Loss and accuracy of the weighted means of several models on disk: for three the triangle between them. Computed as
 * {@link PathMeasurement} does, which the edges of the simplex are.
 *
 * @param models at least two of one kind
 */
public record SimplexMeasurement(List<ModelDirectory> models) {
    /**
     * Refuses models that cannot be averaged.
     *
     * @throws WorkFailure naming the tensor, or the field of the configuration, in which they are not of one kind
     * @throws WrongUse when there are fewer than two
     */
    public SimplexMeasurement {
        models = List.copyOf(models);
        if (models.size() < 2) {
            throw new WrongUse("a path needs two models at least, found " + models.size() + ".");
        }
        MeansMeasurement.require(models);
    }

    /**
     * Measures the means. No model is changed.
     *
     * @param examples with answers, at least one
     * @param points of the grid along an edge
     * @param observer told how many tensors have been read
     * @return the scores; time is one evaluation for each point
     * @throws WorkFailure when a model cannot be read or a loss is not finite
     */
    public Surface measure(Examples examples, int points, WorkObserver observer) {
        Simplex simplex = new Simplex(models.size(), points);
        List<double[]> weights = simplex.weights();
        return new Surface(simplex, weights, MeansMeasurement.measure(models, examples, weights, observer));
    }
}

package org.thalweg.model;

import java.util.List;
import java.util.Optional;
import org.thalweg.connectivity.Examples;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.JoinedHeads;
import org.thalweg.tensor.WorkObserver;

/**
 * Loss and accuracy along the straight line {@code (1-t)·A + t·B} between two models on disk. Each tensor is read and
 * interpolated when it is multiplied, in float32 (float64 where a weight is), and freed before the next; tensors that
 * are equal in both are taken as they are, and the stages before the first that differs are run once a batch.
 *
 * @param a the model at t = 0
 * @param b the model at t = 1
 */
public record PathMeasurement(ModelDirectory a, ModelDirectory b) {
    /**
     * Refuses models between which there is no path.
     *
     * @throws WorkFailure naming the tensor, or the field of the configuration, in which they are not of one kind
     */
    public PathMeasurement {
        MeansMeasurement.require(List.of(a, b));
    }

    /**
     * Measures the path. Neither model is changed.
     *
     * @param examples with answers, at least one
     * @param grid the weights on B
     * @param observer told how many tensors have been read
     * @return both curves; time is one evaluation for each point, memory some tensors and the activations of a batch
     * @throws WorkFailure when a model cannot be read or a loss is not finite
     */
    public LossAndAccuracy measure(Examples examples, Grid grid, WorkObserver observer) {
        return measure(Optional.empty(), examples, grid, observer);
    }

    /**
     * Heads of twice the width, whose circuits are averages of both models'.
     *
     * @return the heads
     * @throws WorkFailure when the network has no such circuits
     */
    public JoinedHeads.Wider circuits() {
        return a.joinedHeads(2);
    }

    /**
     * Measures the path on which circuits of heads go straight from A's to B's in place of the maps that are multiplied
     * to circuits (arXiv 2506.22712, appendix A); all other tensors go straight as they are stored. It does not depend
     * on the bases inside heads. Neither model is changed.
     *
     * @param heads of {@link #circuits()}
     * @param examples with answers, at least one
     * @param grid the weights on B
     * @param observer told how many tensors have been read
     * @return both curves; time is that of {@link #measure}, with heads of twice the width
     * @throws WorkFailure when a model cannot be read or a loss is not finite
     */
    public LossAndAccuracy measure(
            JoinedHeads.Wider heads, Examples examples, Grid grid, WorkObserver observer) {
        return measure(Optional.of(heads), examples, grid, observer);
    }

    private LossAndAccuracy measure(
            Optional<JoinedHeads.Wider> heads, Examples examples, Grid grid, WorkObserver observer) {
        return StraightPath.curves(grid, MeansMeasurement.measure(
                List.of(a, b), heads, examples, StraightPath.weights(grid), observer));
    }
}

package org.thalweg.connectivity;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.thalweg.network.Network;
import org.thalweg.tensor.Parameters;

/**
 * The straight line {@code (1-t)·A + t·B} between two models in weight space: t is the weight on B, so t = 0 is A and
 * t = 1 is B (the paper's Eq 1 weights A).
 *
 * @param a the model at t = 0
 * @param b the model at t = 1, with the same names and shapes
 */
public record StraightPath(Parameters a, Parameters b) {
    /** Called after each point. */
    @FunctionalInterface
    public interface Progress {
        /** One more point is done; may throw to stop the work. */
        void pointDone();
    }

    /**
     * Loss and accuracy along the line. Points are evaluated one after another: on a CPU, batching models is slower.
     *
     * @param network the network
     * @param examples where to measure; advanced at most to {@link EvaluationSet#firstDifference}
     * @param grid at which t
     * @param progress told of each point
     * @throws ArithmeticException when the loss is not finite somewhere: such a path has no curve
     * @return both curves; time is one evaluation for each point, memory one interpolated model
     */
    public LossAndAccuracy measure(Network network, EvaluationSet examples, Grid grid, Progress progress) {
        return curves(grid, Mixture.of(network, List.of(a, b)).scores(examples, weights(grid), progress));
    }

    /**
     * The weights of A and B along the line.
     *
     * @param grid the weights on B
     * @return for each point {@code {1 - t, t}}
     */
    public static List<double[]> weights(Grid grid) {
        return Arrays.stream(grid.t()).mapToObj(t -> new double[] {1 - t, t}).toList();
    }

    /**
     * Both curves.
     *
     * @param grid where was measured
     * @param scores what was found at each point
     * @return loss and accuracy
     */
    public static LossAndAccuracy curves(Grid grid, List<EvaluationSet.Score> scores) {
        return new LossAndAccuracy(
                new Curve(grid, scores.stream().mapToDouble(EvaluationSet.Score::loss).toArray()),
                Optional.of(new Curve(grid, scores.stream().mapToDouble(EvaluationSet.Score::accuracy).toArray())));
    }
}

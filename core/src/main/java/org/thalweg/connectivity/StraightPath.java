package org.thalweg.connectivity;

import java.util.Optional;
import org.thalweg.network.Network;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

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
        double[] loss = new double[grid.points()];
        double[] accuracy = new double[grid.points()];
        Parameters fromA = a.filter(name -> network.stageOf(name) >= examples.from());
        // Equal tensors become one, so that interpolating passes them on instead of rounding them.
        Parameters fromB = fromA.mapNamed((name, tensor) -> tensor.sameAs(b.get(name)) ? tensor : b.get(name));
        for (int point = 0; point < grid.points(); point++) {
            try (Scope scope = Scope.open()) {
                double t = grid.at(point);
                Parameters between = Gradients.without(() -> fromA.lerp(fromB, t));
                EvaluationSet.Score score = examples.score(network, between);
                if (!Double.isFinite(score.loss())) {
                    throw new ArithmeticException("the loss is " + score.loss() + " at t = " + t + " of the path");
                }
                loss[point] = score.loss();
                accuracy[point] = score.accuracy();
            }
            progress.pointDone();
        }
        return new LossAndAccuracy(new Curve(grid, loss), Optional.of(new Curve(grid, accuracy)));
    }
}

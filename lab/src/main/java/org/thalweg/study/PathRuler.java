package org.thalweg.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.Mixture;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.failure.Stopped;
import org.thalweg.tensor.Parameters;

/**
 * Measures paths from one replica to models of the other's function. The layers that are equal in both replicas run
 * once for all paths, and the two ends, which are the replicas themselves whatever B's alignment, are measured once.
 */
final class PathRuler {
    private final ReplicaPair pair;
    private final Grid grid;
    private final EvaluationSet examples;
    private final StraightPath.Progress progress;
    private Optional<List<EvaluationSet.Score>> ends = Optional.empty();

    private PathRuler(ReplicaPair pair, Grid grid, EvaluationSet examples, StraightPath.Progress progress) {
        this.pair = pair;
        this.grid = grid;
        this.examples = examples;
        this.progress = progress;
    }

    /**
     * A ruler on some examples, which it keeps in the current scope, advanced to where the replicas differ.
     *
     * @param context of the step, told of every point
     * @param pair the replicas
     * @param examples where to measure
     * @param grid at which t
     * @return the ruler
     */
    static PathRuler of(StepContext context, ReplicaPair pair, Examples examples, Grid grid) {
        int from = EvaluationSet.firstDifference(pair.network(), pair.a(), pair.b());
        EvaluationSet advanced = EvaluationSet.advance(
                pair.network(), pair.a(), examples, context.examples().evaluationBatch(), from);
        return new PathRuler(pair, grid, advanced, () -> {
            context.monitor().advance(examples.size(), "curve");
            if (context.monitor().stopRequested()) {
                throw new Stopped();
            }
        });
    }

    /** Work of so many paths, in images passed forward. */
    static long work(long paths, int points, int examples) {
        return (2 + paths * (points - 2)) * examples;
    }

    /**
     * Measures a path.
     *
     * @param end B, or B after an alignment
     * @return loss and accuracy from A to there
     * @throws ArithmeticException when the loss is not finite somewhere
     */
    LossAndAccuracy measure(Parameters end) {
        List<double[]> weights = StraightPath.weights(grid);
        int last = weights.size() - 1;
        if (ends.isEmpty()) {
            ends = Optional.of(Mixture.of(pair.network(), List.of(pair.a(), pair.b()))
                    .scores(examples, List.of(weights.getFirst(), weights.getLast()), progress));
        }
        List<EvaluationSet.Score> scores = new ArrayList<>();
        scores.add(ends.get().getFirst());
        scores.addAll(Mixture.of(pair.network(), List.of(pair.a(), end))
                .scores(examples, weights.subList(1, last), progress));
        scores.add(ends.get().getLast());
        return StraightPath.curves(grid, scores);
    }
}

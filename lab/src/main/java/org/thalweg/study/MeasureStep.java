package org.thalweg.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.network.Vit;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairResult;
import org.thalweg.results.PairsFile;
import org.thalweg.results.Setting;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/** wip. */
public record MeasureStep(Setting setting, String replicaA, String replicaB, int points, int rankUpTo) implements Step {
    static final String PATHS = "paths.json";
    @Override
    public String kind() {
        return "measure";
    }

    @Override
    public String label() {
        return MatchStep.label(replicaA, replicaB);
    }

    @Override
    public long work(StudyData data) {
        return 25L * data.test().size();
    }

    @Override
    public void run(StepContext context) throws IOException {
        try (Scope scope = Scope.open()) {
            Path first = context.inputs().get(0);
            Path second = context.inputs().get(1);
            Vit network = TrainedModel.network(first);
            Parameters a = TrainedModel.load(first);
            Parameters b = TrainedModel.load(second);
            int from = EvaluationSet.firstDifference(network, a, b);
            EvaluationSet set = EvaluationSet.advance(network, a, context.data().test().inOrder(500), from);
            LossAndAccuracy naive = new StraightPath(a, b).measure(network, set, Grid.uniform(points), () ->
                context.monitor().advance(context.data().test().size(), "points"));
            System.err.println(label() + " naive " + naive.lossBarrier().height());
            PairsFile.write(context.output().resolve(PATHS), List.of(new PairResult(setting, replicaA, replicaB, Method.NAIVE, PairOutcome.Measured.of(naive))));
        }
    }
}

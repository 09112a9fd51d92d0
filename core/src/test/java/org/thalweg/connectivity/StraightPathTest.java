package org.thalweg.connectivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class StraightPathTest {
    private static final Vit NETWORK = VitFamily.network(new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 3, 12, 5,
            Optional.of(new VitConfig.MoeLayers(List.of(1),
                    new MoeConfig(3, new Gating.Sparse(2), List.of(9), UnitFunction.GELU)))));

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    @Test
    void scoringFromAnyStageOnIsScoringTheWholeNetwork() {
        try (Scope scope = Scope.open()) {
            Parameters model = model(1);
            EvaluationSet.Score whole = new EvaluationSet(0, batches()).score(NETWORK, model);
            for (int stage = 0; stage < NETWORK.stages(); stage++) {
                EvaluationSet advanced = EvaluationSet.advance(NETWORK, model, batches(), stage);
                assertThat(advanced.from()).isEqualTo(stage);
                assertThat(advanced.score(NETWORK, model)).isEqualTo(whole);
            }
        }
    }

    @Test
    void aScoreIsTheMeanOverExamplesOfAllBatches() {
        try (Scope scope = Scope.open()) {
            Parameters model = model(1);
            EvaluationSet.Score score = new EvaluationSet(0, batches()).score(NETWORK, model);
            double loss = 0;
            int right = 0;
            for (EvaluationSet.Batch batch : batches()) {
                double[] logits = NETWORK.forward(model, batch.state()).toDoubles();
                long[] labels = batch.labels().toLongs();
                for (int i = 0; i < labels.length; i++) {
                    double sum = 0;
                    int best = 0;
                    for (int c = 0; c < 5; c++) {
                        sum += Math.exp(logits[5 * i + c]);
                        best = logits[5 * i + c] > logits[5 * i + best] ? c : best;
                    }
                    loss += Math.log(sum) - logits[5 * i + (int) labels[i]];
                    right += best == labels[i] ? 1 : 0;
                }
            }
            assertThat(score.loss()).isCloseTo(loss / 10, within(1e-6));
            assertThat(score.accuracy()).isEqualTo(right / 10.0);
        }
    }

    @Test
    void theFirstDifferenceIsTheFirstStageThatReadsADifferentTensor() {
        try (Scope scope = Scope.open()) {
            Parameters a = model(1);
            assertThat(EvaluationSet.firstDifference(NETWORK, a, a.map(Tensor::copy)))
                    .as("equal models").isEqualTo(NETWORK.stages() - 1);
            for (String name : a.names()) {
                Parameters b = a.with(Parameters.of(Map.of(name, a.get(name).add(1))));
                assertThat(EvaluationSet.firstDifference(NETWORK, a, b)).as(name).isEqualTo(NETWORK.stageOf(name));
            }
            assertThat(EvaluationSet.firstDifference(NETWORK, a, model(2))).isZero();
        }
    }

    @Test
    void endsAreTheModelsOwnScoresAndTheMiddleIsTheMeanModels() {
        try (Scope scope = Scope.open()) {
            Parameters a = model(1);
            Parameters b = a.with(model(2).filter(name -> name.contains(".moe.")));
            EvaluationSet whole = new EvaluationSet(0, batches());
            EvaluationSet ahead = EvaluationSet.advance(
                    NETWORK, a, batches(), EvaluationSet.firstDifference(NETWORK, a, b));
            assertThat(ahead.from()).isEqualTo(4);
            LossAndAccuracy path = new StraightPath(a, b).measure(NETWORK, ahead, Grid.uniform(3), () -> { });
            Parameters middle = a.mapNamed((name, tensor) -> tensor.add(b.get(name)).multiply(0.5));
            assertThat(path.loss().atA()).isEqualTo(whole.score(NETWORK, a).loss());
            assertThat(path.loss().atB()).isEqualTo(whole.score(NETWORK, b).loss());
            assertThat(path.loss().at(1)).isCloseTo(whole.score(NETWORK, middle).loss(), within(1e-6));
            assertThat(path.accuracy().orElseThrow().atA()).isEqualTo(whole.score(NETWORK, a).accuracy());
            assertThat(path.accuracy().orElseThrow().atB()).isEqualTo(whole.score(NETWORK, b).accuracy());
            assertThat(path).isEqualTo(new StraightPath(a, b).measure(NETWORK, whole, Grid.uniform(3), () -> { }));
        }
    }

    @Test
    void progressIsToldOfEveryPointAndMayStopTheWork() {
        try (Scope scope = Scope.open()) {
            Parameters a = model(1);
            EvaluationSet whole = new EvaluationSet(0, batches());
            List<Integer> done = new ArrayList<>();
            new StraightPath(a, model(2)).measure(NETWORK, whole, Grid.uniform(4), () -> done.add(done.size()));
            assertThat(done).hasSize(4);
            assertThatThrownBy(() -> new StraightPath(a, model(2)).measure(NETWORK, whole, Grid.uniform(4), () -> {
                done.add(done.size());
                throw new IllegalStateException("enough");
            })).isInstanceOf(IllegalStateException.class).hasMessage("enough");
            assertThat(done).hasSize(5);
        }
    }

    @Test
    void aLossThatIsNoNumberOnTheWayIsNamedWithItsPlace() {
        try (Scope scope = Scope.open()) {
            Parameters a = model(1);
            Parameters b = a.with(Parameters.of(Map.of("classifier.weight",
                    a.get("classifier.weight").multiply(1e39))));
            assertThatThrownBy(() -> new StraightPath(a, b).measure(
                    NETWORK, new EvaluationSet(0, batches()), Grid.uniform(3), () -> { }))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageMatching("the loss is (NaN|Infinity) at t = 0.5 of the path");
        }
    }

    @Test
    void measuringRecordsNothingForDifferentiation() {
        try (Scope scope = Scope.open()) {
            Parameters leaves = Gradients.leaves(model(1));
            EvaluationSet set = EvaluationSet.advance(NETWORK, leaves, batches(), 3);
            Tensor state = set.batches().getFirst().state();
            assertThatThrownBy(() -> Gradients.of(
                    Functions.crossEntropy(state.select(1, 0), set.batches().getFirst().labels()), leaves))
                    .isInstanceOf(RuntimeException.class).hasMessageContaining("does not require grad");
        }
    }

    private static Parameters model(long seed) {
        return NETWORK.initialise(Random.seeded(seed));
    }

    /** 10 examples in batches of 6 and 4. */
    private static List<EvaluationSet.Batch> batches() {
        Tensor images = Random.seeded(5).normal(DType.FLOAT32, 10, 1, 4, 4);
        return List.of(
                new EvaluationSet.Batch(images.narrow(0, 0, 6), Tensor.indices(new int[] {0, 1, 2, 3, 4, 0})),
                new EvaluationSet.Batch(images.narrow(0, 6, 4), Tensor.indices(new int[] {1, 2, 3, 4})));
    }
}

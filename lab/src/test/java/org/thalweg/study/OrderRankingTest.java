package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Permutation;
import org.thalweg.results.Method;
import org.thalweg.results.OrderBarrier;
import org.thalweg.results.PairOrders;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairResult;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.ReplicaResult;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/** Orders, and paths on both parts of the data, of a small study in which four of six orders are drawn. */
class OrderRankingTest {
    private static final StudyFile STUDY = SmallStudy.file("rank_up_to: 2", "rank_up_to: 2\nrank_sample: 4");

    @TempDir
    private static Path run;

    private static StudyResults results;

    @BeforeAll
    static void runStudy() {
        results = SmallStudy.run(STUDY, run, 2, new SmallStudy.Log());
    }

    @Test
    void ordersAreThereForEveryPairWithExpertsInOneLayer() {
        assertThat(results.orders()).hasSize(6);
        assertThat(results.orders()).allSatisfy(pair -> {
            boolean all = pair.experts() == 2;
            assertThat(pair.orders()).hasSize(all ? 2 : 4);
            assertThat(pair.possible()).isEqualTo(all ? 2 : 6);
            assertThat(pair.leftOut()).isZero();
            assertThat(pair.orders()).extracting(OrderBarrier::order).doesNotHaveDuplicates();
        });
    }

    @Test
    void theMethodsOrdersAreAmongThemWithTheirOwnBarriersAndRanks() {
        for (PairOrders pair : results.orders()) {
            for (Method method : Method.orderings()) {
                PairOutcome.Measured own = measured(pair, method);
                OrderBarrier order = pair.orders().stream()
                        .filter(one -> one.methods().contains(method)).findFirst().orElseThrow();
                assertThat(order.lossBarrier()).isEqualTo(own.lossBarrier().height());
                long better = pair.orders().stream()
                        .filter(one -> one.lossBarrier() < order.lossBarrier()).count();
                assertThat(own.byLoss().orElseThrow().rank()).isEqualTo((int) better + 1);
            }
        }
    }

    private static PairOutcome.Measured measured(PairOrders like, Method method) {
        return results.pairs().stream()
                .filter(pair -> pair.setting().equals(like.setting()) && pair.method() == method
                        && pair.replicaA().equals(like.replicaA()) && pair.replicaB().equals(like.replicaB()))
                .findFirst().flatMap(PairResult::measured).orElseThrow();
    }

    private static Map<String, Path> replicas() {
        return results.replicas().stream().collect(Collectors.toMap(ReplicaResult::id,
                replica -> run.resolve(((ReplicaOutcome.Trained) replica.outcome()).checkpoint())));
    }

    @Test
    void anOrderMeasuredAmongOthersHasTheCurveOfItsOwnPath() {
        Map<String, Path> replicas = replicas();
        StudyData data = SmallStudy.data(STUDY);
        PairOrders pair = results.orders().getLast();
        try (Scope scope = Scope.open()) {
            ReplicaPair models = ReplicaPair.load(replicas.get(pair.replicaA()), replicas.get(pair.replicaB()));
            EvaluationSet test = new EvaluationSet(0, data.test().inOrder(7));
            for (OrderBarrier order : pair.orders()) {
                int[] image = order.order().stream().mapToInt(Integer::intValue).toArray();
                var aligned = models.matcher().withExpertOrder(new Permutation(image)).alignment()
                        .apply(models.b());
                LossAndAccuracy alone = new StraightPath(models.a(), aligned)
                        .measure(models.network(), test, Grid.uniform(5), () -> { });
                assertThat(order.lossBarrier()).isCloseTo(alone.lossBarrier().height(), within(1e-5));
            }
        }
    }

    @Test
    void anAlignedModelThatIsAnotherFunctionIsRefusedAfterTheSharedStages() {
        Map<String, Path> replicas = replicas();
        PairOrders pair = results.orders().getLast();
        try (Scope scope = Scope.open()) {
            ReplicaPair models = ReplicaPair.load(replicas.get(pair.replicaA()), replicas.get(pair.replicaB()));
            UnchangedCheck check = new UnchangedCheck(models, SmallStudy.data(STUDY));
            check.require(models.matcher().withExpertOrder(Permutation.identity(pair.experts())).alignment()
                    .apply(models.b()));
            assertThatThrownBy(() -> check.require(models.a())).isInstanceOf(WorkFailure.class);
            String classifier = models.network().tensors().keySet().stream().reduce((_, last) -> last).orElseThrow();
            assertThatThrownBy(() -> check.require(models.b().with(
                    Parameters.of(Map.of(classifier, models.b().get(classifier).add(1))))))
                    .isInstanceOf(WorkFailure.class);
        }
    }

    @Test
    void everyPathIsMeasuredOnAsManyTrainingExamplesToo() {
        StudyData data = SmallStudy.data(STUDY);
        assertThat(TrainingSample.size(data)).isEqualTo(data.test().size());
        assertThat(results.conventions().trainSplit().orElseThrow().examples()).isEqualTo(data.test().size());
        assertThat(results.pairs()).allSatisfy(pair -> {
            PairOutcome.Measured measured = pair.measured().orElseThrow();
            LossAndAccuracy train = measured.train().orElseThrow();
            assertThat(train.grid()).isEqualTo(measured.curves().grid());
            assertThat(train.loss().values()).isNotEqualTo(measured.curves().loss().values());
        });
    }

    @Test
    void theTrainingSampleIsTheSameForEveryStepAndHasNoImageTwice() {
        StudyData data = SmallStudy.data(SmallStudy.file("test_per_class: 5", "test_per_class: 3"));
        try (Scope scope = Scope.open()) {
            int[] all = IntStream.range(0, TrainingSample.size(data)).toArray();
            float[] first = TrainingSample.of(data).inputs(all).toFloats();
            assertThat(TrainingSample.of(data).inputs(all).toFloats()).isEqualTo(first);
            int pixels = first.length / all.length;
            Set<List<Float>> images = IntStream.range(0, all.length)
                    .mapToObj(image -> IntStream.range(0, pixels)
                            .mapToObj(pixel -> first[image * pixels + pixel]).toList())
                    .collect(Collectors.toSet());
            assertThat(images).hasSize(all.length);
        }
    }
}

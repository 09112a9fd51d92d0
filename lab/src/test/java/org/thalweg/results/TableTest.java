package org.thalweg.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Setting SETTING = new Setting("mnist", "dense", 1, "1", 4);

    @Test
    void barriersAreAveragedWithSampleDeviationAndRatiosPairByPair() {
        Table table = Table.summarise(List.of(measured("a", "b", Method.NAIVE, 1), measured("a", "b", Method.BEST, 0.1),
                measured("a", "c", Method.NAIVE, 3), measured("a", "c", Method.BEST, 0.6)));
        TableRow row = table.rows().getFirst();
        assertThat(table.warnings()).isEmpty();
        assertThat(row.pairs()).isEqualTo(2);
        assertThat(row.barriers().get(Method.NAIVE).mean().orElseThrow()).isCloseTo(2, within(1e-12));
        assertThat(row.barriers().get(Method.NAIVE).deviation().orElseThrow())
                .isCloseTo(Math.sqrt(2), within(1e-12));
        assertThat(row.bestRatioPercent().orElseThrow()).isCloseTo(15, within(1e-10));
        assertThat(row.barriers().get(Method.GATE).mean()).isEmpty();
    }

    @Test
    void onePairHasNoDeviationAndNoPairHasNoMean() {
        TableRow one = Table.summarise(List.of(measured("a", "b", Method.NAIVE, 1))).rows().getFirst();
        assertThat(one.barriers().get(Method.NAIVE).mean()).isPresent();
        assertThat(one.barriers().get(Method.NAIVE).deviation()).isEmpty();
        TableRow none = Table.summarise(List.of(excluded("a", "b", Method.NAIVE))).rows().getFirst();
        assertThat(none.pairs()).isZero();
        assertThat(none.barriers().get(Method.NAIVE).mean()).isEmpty();
        assertThat(TableFiles.csv(List.of(none)).lines().toList().getLast())
                .matches("mnist,dense,1,1,4,0,+").hasSize("mnist,dense,1,1,4,0".length() + 72);
    }

    @Test
    void pairWithOneExcludedMethodEntersNoMeanAndIsWarnedAbout() {
        Table table = Table.summarise(List.of(measured("a", "b", Method.NAIVE, 1), measured("a", "c", Method.NAIVE, 9),
                excluded("a", "c", Method.GATE)));
        assertThat(table.rows().getFirst().barriers().get(Method.NAIVE).mean().orElseThrow())
                .isCloseTo(1, within(1e-12));
        assertThat(table.warnings()).containsExactly("mnist, dense, 1 layers, MoE in layer 1, 4 experts: 1 of 2 pairs"
                + " excluded and not averaged in.");
    }

    @Test
    void ratioToNoBarrierIsLeftEmptyWithAWarning() {
        Table table = Table.summarise(List.of(measured("a", "b", Method.NAIVE, 0), measured("a", "b", Method.BEST, 0)));
        assertThat(table.rows().getFirst().bestRatioPercent()).isEmpty();
        assertThat(table.warnings()).hasSize(1).first().asString().contains("the ratio is left empty");
    }

    @Test
    void barriersOnTrainingDataHaveRatiosOfTheirOwn() {
        Table table = Table.summarise(List.of(
                measured("a", "b", Method.NAIVE, 1, 2), measured("a", "b", Method.BEST, 0.1, 1),
                measured("a", "c", Method.NAIVE, 1, 4), measured("a", "c", Method.BEST, 0.1, 1)));
        TableRow row = table.rows().getFirst();
        assertThat(row.train().barriers().get(Method.NAIVE).mean().orElseThrow()).isCloseTo(3, within(1e-12));
        assertThat(row.train().ratioPercent().mean().orElseThrow()).isCloseTo(37.5, within(1e-10));
        assertThat(row.test().ratioPercent().mean().orElseThrow()).isCloseTo(10, within(1e-10));
        assertThat(row.test().ratioPercent().deviation().orElseThrow()).isCloseTo(0, within(1e-10));
    }

    @Test
    void intervalsAreThereFromThreeReplicasOn() {
        assertThat(Table.summarise(List.of(measured("a", "b", Method.NAIVE, 1))).rows().getFirst().barriers()
                .get(Method.NAIVE).interval()).isEmpty();
        Interval interval = Table.summarise(List.of(measured("a", "b", Method.NAIVE, 1),
                measured("a", "c", Method.NAIVE, 2), measured("b", "c", Method.NAIVE, 3))).rows().getFirst().barriers()
                .get(Method.NAIVE).interval().orElseThrow();
        assertThat(interval.low()).isCloseTo(1, within(1e-9));
        assertThat(interval.high()).isCloseTo(3, within(1e-9));
    }

    @Test
    void ranksAreAveragedOverPairsForEachMethodThatOrders() {
        Table table = Table.summarise(List.of(ranked("a", "b", 1, 0), ranked("a", "c", 4, 12)));
        RankSummary ranks = table.rows().getFirst().ranks().get(Method.GATE);
        assertThat(ranks.rank().mean().orElseThrow()).isCloseTo(2.5, within(1e-12));
        assertThat(ranks.lHat().mean().orElseThrow()).isCloseTo(6, within(1e-12));
        assertThat(table.rows().getFirst().ranks().get(Method.EXPERT)).isEqualTo(RankSummary.NONE);
    }

    @Test
    void samePathTwiceIsRefused() {
        List<PairResult> twice = new ArrayList<>(List.of(measured("a", "b", Method.NAIVE, 1)));
        twice.add(twice.getFirst());
        assertThatIllegalArgumentException().isThrownBy(() -> Table.summarise(twice))
                .withMessage("the pair a, b is there twice by method naive");
    }

    @Test
    void numbersThatAreNotFiniteNeverEnterResults() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ReplicaOutcome.Trained(Double.NaN,
                OptionalDouble.empty(), OptionalDouble.empty(), "checkpoints/a")).withMessageEndingWith("diverged");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Ranking(1, OptionalDouble.of(Double.POSITIVE_INFINITY)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Ranking(0, OptionalDouble.empty()))
                .withMessage("ranks count from 1, found 0");
    }

    @Test
    void csvHasExactlyTheAgreedColumns() {
        String csv = TableFiles.csv(MadeUpResults.study().rows());
        String head = csv.lines().findFirst().orElseThrow();
        assertThat(head).startsWith("dataset,variant,layers,moe_layer,experts,pairs,"
                + "naive_barrier_mean,naive_barrier_sd,gate_barrier_mean,gate_barrier_sd,expert_barrier_mean,"
                + "expert_barrier_sd,best_barrier_mean,best_barrier_sd,best_ratio_percent,naive_barrier_low,");
        assertThat(head.split(",")).doesNotHaveDuplicates().contains("best_ratio_percent_sd", "best_ratio_percent_low",
                "train_naive_barrier_mean", "train_best_ratio_percent", "expert_rank_mean", "gate_l_hat_accuracy_high");
        assertThat(csv.lines()).hasSize(5);
        assertThat(csv).contains("\"deepseek (k=2, s=1)\"");
    }

    @Test
    void markdownStatesConventionsUnderTheTable() {
        String text = TableFiles.markdown(MadeUpResults.study());
        assertThat(text).contains("| fashion-mnist | dense | 2 | 1 | 4 | 3 | 0.").contains(" ± ")
                .contains("t is the weight on B: t=0 is A, t=1 is B").contains("25 points, on the test split")
                .contains("**Warnings**").contains("divisor n - 1")
                .contains("The same on 2000 examples of the training split.").contains("by bootstrap over replicas")
                .contains("Rank of the order that each method chooses").contains(" | 7 of 24 | ");
    }

    private static PairResult measured(String a, String b, Method method, double height) {
        return new PairResult(SETTING, a, b, method, PairOutcome.Measured.of(MadeUpResults.bump(height, 1)));
    }

    private static PairResult measured(String a, String b, Method method, double height, double train) {
        return new PairResult(SETTING, a, b, method, new PairOutcome.Measured(MadeUpResults.bump(height, 1),
                Optional.empty(), Optional.empty(), Optional.empty(), OptionalDouble.empty(),
                Optional.of(MadeUpResults.bump(train, 1))));
    }

    private static PairResult ranked(String a, String b, int rank, double lHat) {
        return new PairResult(SETTING, a, b, Method.GATE, new PairOutcome.Measured(MadeUpResults.bump(1, 1),
                Optional.empty(), Optional.of(new Ranking(rank, OptionalDouble.of(lHat))), Optional.empty(),
                OptionalDouble.empty()));
    }

    private static PairResult excluded(String a, String b, Method method) {
        return new PairResult(SETTING, a, b, method, new PairOutcome.Excluded("it diverged"));
    }
}

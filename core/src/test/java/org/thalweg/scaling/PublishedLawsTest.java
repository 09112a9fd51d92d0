package org.thalweg.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;

/** What arXiv 2507.17702 says of its own laws, and numbers computed from its tables by hand. */
class PublishedLawsTest {
    private static final double[] BUDGETS = {1e17, 3e18, 1e20, 1e22, 6.3e22, 1e26};

    @ParameterizedTest
    @CsvSource({
        "0.031,                12,                 1e22, 7.245, 5e-4",
        "0.03376623376623377,  12,                 1e22, 6.983, 5e-4",
        "0.03376623376623377,  10.666666666666666, 1e22, 6.982, 5e-4",
        "0.031,                2,                  1e22, 5.27,  5e-3",
        "0.031,                12,                 1e20, 4.55,  5e-3",
        "0.03501945525291829,  8,                  1e23, 8.51,  5e-3",
    })
    void leverageIsThatOfThePaper(double activation, double granularity, double compute, double leverage, double by) {
        assertThat(LeverageLaw.PUBLISHED.leverage(new Setting(activation, granularity, compute)))
                .isCloseTo(leverage, within(by));
    }

    @Test
    void leverageExceedsSevenAtTheFiguresPointButNotAtThePrintedActivation() {
        assertThat(LeverageLaw.PUBLISHED.leverage(new Setting(0.031, 12, 1e22))).isGreaterThan(7);
        assertThat(LeverageLaw.PUBLISHED.leverage(new Setting(0.034, 12, 1e22))).isBetween(6.9, 7.0);
    }

    @Test
    void denseModelHasALeverageOfAlmostOne() {
        for (double compute : new double[] {1e20, 1e22, 1e24}) {
            assertThat(LeverageLaw.PUBLISHED.leverage(new Setting(1, 12, compute))).isCloseTo(0.99, within(5e-3));
        }
        LeverageLaw withoutEnd = new LeverageLaw(1.2, -0.08, 0.017, -0.117, 0, Double.POSITIVE_INFINITY);
        assertThat(withoutEnd.leverage(new Setting(1, 8, 1e20))).isEqualTo(1);
    }

    @Test
    void bestGranularityIsAround12AndBeatsItsNeighbours() {
        double best = LeverageLaw.PUBLISHED.bestGranularity().orElseThrow();
        assertThat(best).isCloseTo(11.34, within(5e-3));
        for (double compute : BUDGETS) {
            double there = LeverageLaw.PUBLISHED.leverage(new Setting(0.05, best, compute));
            assertThat(there).isGreaterThan(LeverageLaw.PUBLISHED.leverage(new Setting(0.05, best * 1.1, compute)))
                    .isGreaterThan(LeverageLaw.PUBLISHED.leverage(new Setting(0.05, best / 1.1, compute)));
        }
        assertThat(new LeverageLaw(1, 0, -0.1, 0.1, 0, 1e16).bestGranularity()).isEmpty();
    }

    @Test
    void leverageGrowsWithComputeAndWithFewerActiveExperts() {
        double before = 0;
        for (double compute : BUDGETS) {
            double here = LeverageLaw.PUBLISHED.leverage(new Setting(0.031, 12, compute));
            assertThat(here).isGreaterThan(before)
                    .isGreaterThan(LeverageLaw.PUBLISHED.leverage(new Setting(0.062, 12, compute)));
            before = here;
        }
    }

    @Test
    void modelTimesDataIsTheCompute() {
        for (double compute : BUDGETS) {
            Allocation dense = Allocation.ofDense(compute);
            Allocation moe = Allocation.ofMoe(compute);
            assertThat(dense.flopsPerToken() * dense.tokens() / compute).isCloseTo(0.99941, within(5e-6));
            assertThat(moe.flopsPerToken() * moe.tokens() / compute).isCloseTo(1.00024, within(5e-6));
        }
    }

    @Test
    void modelWithExpertsIsSmallerAndSeesMoreThanADenseOne() {
        for (double compute : new double[] {3e17, 1e19, 3e20}) {
            assertThat(Allocation.ofMoe(compute).flopsPerToken())
                    .isLessThan(Allocation.ofDense(compute).flopsPerToken());
            assertThat(Allocation.ofMoe(compute).tokens()).isGreaterThan(Allocation.ofDense(compute).tokens());
        }
    }

    @Test
    void reportedRateAndBatchStandForTheSameCompute() {
        double byRate = Hyperparameters.LEARNING_RATE.inverse(3.78e-4);
        double byBatch = Hyperparameters.BATCH_TOKENS.inverse(1792 * 8192);
        assertThat(byRate).isCloseTo(6.3e22, Percentage.withPercentage(1));
        assertThat(byBatch).isCloseTo(7.0e22, Percentage.withPercentage(1));
        Hyperparameters there = Hyperparameters.lossOptimal(byRate);
        assertThat(there.learningRate()).isCloseTo(3.78e-4, Percentage.withPercentage(1e-9));
    }

    @Test
    void searchedGridHoldsTheOptimaOfItsBudgets() {
        assertThat(Math.log(Hyperparameters.lossOptimal(3e20).batchTokens()) / Math.log(2)).isBetween(18.0, 21.0);
        assertThat(Math.log(Hyperparameters.lossOptimal(3e18).learningRate()) / Math.log(2)).isBetween(-11.0, -9.0);
    }

    @Test
    void whatWasNotFittedIsNamed() {
        assertThat(LeverageLaw.warnings(new Setting(0.031, 12, 3e20))).isEmpty();
        assertThat(LeverageLaw.warnings(new Setting(0.008, 2, 1e18))).isEmpty();
        assertThat(LeverageLaw.warnings(new Setting(0.031, 12, 1e22))).containsExactly("compute 1e22 FLOPs lies "
                + "outside the runs to which the law was fitted (1e18 to 3e20 FLOPs), so this is an extrapolation");
        List<String> all = LeverageLaw.warnings(new Setting(0.0079, 1.5, 1.25e17));
        assertThat(all).hasSize(3);
        assertThat(all.get(0)).startsWith("activation 0.0079 lies outside").contains("(0.008 to 1)");
        assertThat(all.get(1)).startsWith("granularity 1.5 lies outside").contains("(2 to 16)");
        assertThat(all.get(2)).startsWith("compute 1.25e17 FLOPs");
    }

    @ParameterizedTest
    @CsvSource({
        "0,12,1e22,activation", "-0.1,12,1e22,activation", "1.01,12,1e22,activation", "NaN,12,1e22,activation",
        "0.1,0,1e22,granularity", "0.1,-2,1e22,granularity", "0.1,Infinity,1e22,granularity",
        "0.1,12,0,compute", "0.1,12,-1,compute", "0.1,12,NaN,compute", "0.1,12,Infinity,compute",
    })
    void impossibleSettingsAreRefused(double activation, double granularity, double compute, String named) {
        assertThatThrownBy(() -> new Setting(activation, granularity, compute)).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith(named + " is ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e20, Double.NaN, Double.POSITIVE_INFINITY})
    void impossibleBudgetsAreRefused(double compute) {
        String sentence = "compute is " + compute + ", expected FLOPs above 0, such as 1e22.";
        assertThatThrownBy(() -> Hyperparameters.lossOptimal(compute)).isInstanceOf(WrongUse.class)
                .hasMessage(sentence);
        assertThatThrownBy(() -> Allocation.ofMoe(compute)).isInstanceOf(WrongUse.class).hasMessage(sentence);
        assertThatThrownBy(() -> Allocation.ofDense(compute)).isInstanceOf(WrongUse.class).hasMessage(sentence);
    }
}

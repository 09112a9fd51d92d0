package org.thalweg.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.failure.WorkFailure;

/** Laws that are planted in runs and found again. */
class LeverageFitTest {
    private static final LeverageLaw PLANTED =
            new LeverageLaw(1.1, -0.1, 0.02, -0.13, 0.03, Double.POSITIVE_INFINITY);
    private static final PowerLaw DENSE = new PowerLaw(40, -0.08);
    private static final double[] RATIOS = {0.5, 0.25, 0.125, 0.0625, 0.03125};
    private static final double[] GRANULARITIES = {1, 2, 4, 8, 16};
    private static final double[] BUDGETS = {1e12, 4e12, 1.6e13, 6.4e13};

    /** As the paper varies them: A at one G, G at one A. */
    private static List<Setting> cross() {
        List<Setting> settings = new ArrayList<>();
        for (double compute : BUDGETS) {
            settings.add(new Setting(1, 1, compute));
            Arrays.stream(RATIOS).forEach(ratio -> settings.add(new Setting(ratio, 2, compute)));
            Arrays.stream(GRANULARITIES).filter(granularity -> granularity != 2)
                    .forEach(granularity -> settings.add(new Setting(0.125, granularity, compute)));
        }
        return settings;
    }

    /** Few ratios, so that a small start is hardly told from none: intervals by derivatives hold it in 78 %. */
    private static List<Setting> miniSweep() {
        List<Setting> settings = new ArrayList<>(cross());
        settings.removeIf(one -> one.activation() < 0.125);
        settings.addAll(List.copyOf(settings));
        return settings;
    }

    /** Runs that follow a law but for normal errors of their logarithms. */
    private static Runs planted(LeverageLaw law, Measure measure, List<Setting> settings, double noise, long seed) {
        Random random = new Random(seed);
        List<Run> runs = new ArrayList<>();
        for (Setting setting : settings) {
            double leverage = setting.isDense() ? 1 : law.leverage(setting);
            double error = Math.exp(noise * random.nextGaussian());
            if (measure == Measure.LOSS) {
                runs.add(new Run(setting, DENSE.at(setting.compute() * leverage) * error));
            } else if (!setting.isDense()) {
                runs.add(new Run(setting, leverage * error));
            }
        }
        return new Runs("planted", measure, runs);
    }

    private static Map<Coefficient, Double> truth(Measure measure) {
        Map<Coefficient, Double> truth = new EnumMap<>(Map.of(Coefficient.A, PLANTED.a(), Coefficient.D, PLANTED.d(),
                Coefficient.GAMMA, PLANTED.gamma(), Coefficient.BETA, PLANTED.beta(),
                Coefficient.START, PLANTED.start()));
        if (measure == Measure.LOSS) {
            truth.put(Coefficient.LOSS_COEFFICIENT, DENSE.coefficient());
            truth.put(Coefficient.LOSS_EXPONENT, DENSE.exponent());
        }
        return truth;
    }

    @ParameterizedTest
    @EnumSource
    void runsWithoutNoiseGiveTheLawBack(Measure measure) {
        LeverageFit fit = LeverageFit.of(planted(PLANTED, measure, cross(), 0, 1));
        assertThat(fit.estimates()).containsOnlyKeys(truth(measure).keySet());
        truth(measure).forEach((each, value) ->
                assertThat(fit.estimates().get(each).value() / value).as(each.label()).isCloseTo(1, within(1e-6)));
        assertThat(fit.deviation()).isLessThan(1e-10);
        assertThat(fit.law().leverage(new Setting(0.05, 6, 1e15)))
                .isCloseTo(PLANTED.leverage(new Setting(0.05, 6, 1e15)), within(1e-6));
    }

    @ParameterizedTest
    @EnumSource
    void intervalsHoldThePlantedCoefficientsInNinetyFiveOfAHundredSets(Measure measure) {
        List<Setting> settings = measure == Measure.LOSS ? miniSweep() : cross();
        double noise = measure == Measure.LOSS ? 0.003 : 0.02;
        Map<Coefficient, Integer> held = new EnumMap<>(Coefficient.class);
        double deviation = 0;
        for (int seed = 1; seed <= 100; seed++) {
            LeverageFit fit = LeverageFit.of(planted(PLANTED, measure, settings, noise, seed));
            deviation += fit.deviation() / 100;
            truth(measure).forEach((each, value) -> {
                Estimate found = fit.estimates().get(each);
                held.merge(each, found.low() <= value && value <= found.high() ? 1 : 0, Integer::sum);
            });
        }
        assertThat(deviation / noise).isCloseTo(1, within(0.03));
        // 95 are expected, with a standard deviation of 2.2.
        held.forEach((each, count) -> assertThat(count).as(each.label()).isBetween(88, 100));
    }

    @Test
    void moreNoiseWidensTheIntervalsInProportion() {
        assertThat(widthOfA(1e-4) / widthOfA(1e-5)).isCloseTo(10, within(0.1));
    }

    private static double widthOfA(double noise) {
        Estimate found = LeverageFit.of(planted(PLANTED, Measure.LOSS, cross(), noise, 3))
                .estimates().get(Coefficient.A);
        return found.high() - found.low();
    }

    @Test
    void coefficientsThatTheRunsDoNotVaryAreNotFitted() {
        List<Setting> oneGranularity = cross().stream().filter(one -> one.isDense() || one.granularity() == 2).toList();
        LeverageFit fit = LeverageFit.of(planted(PLANTED, Measure.LOSS, oneGranularity, 0, 1));
        assertThat(fit.estimates()).containsOnlyKeys(Coefficient.A, Coefficient.D, Coefficient.START,
                Coefficient.LOSS_COEFFICIENT, Coefficient.LOSS_EXPONENT);
        assertThat(fit.law().a()).isCloseTo(PLANTED.a() + PLANTED.gamma() + PLANTED.beta(), within(1e-6));
        assertThat(fit.law().bestGranularity()).isEmpty();

        List<Setting> oneBudget = cross().stream().filter(one -> one.compute() == 1e12).toList();
        LeverageFit single = LeverageFit.of(planted(PLANTED, Measure.LEVERAGE, oneBudget, 0, 1));
        assertThat(single.estimates()).doesNotContainKey(Coefficient.D);
        assertThat(single.law().a()).isCloseTo(PLANTED.a() + 12 * PLANTED.d(), within(1e-6));
    }

    @ParameterizedTest
    @EnumSource
    void startIsZeroWhereLeverageDoesNotLevelOff(Measure measure) {
        LeverageLaw withoutEnd = new LeverageLaw(1.1, -0.1, 0.02, -0.13, 0, Double.POSITIVE_INFINITY);
        LeverageFit fit = LeverageFit.of(planted(withoutEnd, measure, cross(), 0, 1));
        assertThat(fit.law().start()).isLessThan(1e-6);
        assertThat(fit.estimates().get(Coefficient.START).low()).isLessThan(1e-6);
        assertThat(fit.law().a()).isCloseTo(1.1, within(1e-4));
    }

    @Test
    void rangesAreThoseOfTheRunsWithExperts() {
        LeverageFit fit = LeverageFit.of(planted(PLANTED, Measure.LOSS, cross(), 0.001, 1));
        assertThat(fit.ranges()).containsExactly(new FittedRange("activation", 0.03125, 0.5, ""),
                new FittedRange("granularity", 1, 16, ""), new FittedRange("compute", 1e12, 6.4e13, "FLOPs"));
    }

    @Test
    void curvesOfLossAloneGiveThePlantedLeverageOfEachKind() {
        // Without d the loss of every kind is a power of compute, so that curves have no error of form.
        LeverageLaw steady = new LeverageLaw(-0.3, 0, 0.02, -0.13, 0.03, Double.POSITIVE_INFINITY);
        List<LossCurve> curves = LossCurve.of(planted(steady, Measure.LOSS, cross(), 0, 1));
        assertThat(curves).hasSize(10);
        LossCurve dense = curves.getFirst();
        assertThat(dense.loss().coefficient()).isCloseTo(40, within(1e-8));
        assertThat(dense.loss().exponent()).isCloseTo(-0.08, within(1e-10));
        for (LossCurve curve : curves.subList(1, curves.size())) {
            assertThat(curve.runs()).isEqualTo(4);
            assertThat(curve.leverageOver(dense, 6.4e13)).isCloseTo(
                    steady.leverage(new Setting(curve.activation(), curve.granularity(), 6.4e13)), within(1e-6));
        }
    }

    @Test
    void runsThatDetermineNoLawAreRefused() {
        refused(runs(Measure.LOSS, 1, 1, 1e12, 3, 1, 1, 1e13, 2), "no run has an activation below 1");
        refused(runs(Measure.LOSS, 1, 1, 1e12, 3, 0.5, 1, 1e12, 2, 0.5, 1, 1e13, 2), "none of two budgets");
        refused(runs(Measure.LOSS, 1, 1, 1e12, 3, 1, 1, 1e13, 2, 0.5, 1, 1e12, 2),
                "3 runs", "expected at least 4 runs");
        refused(runs(Measure.LOSS, 1, 1, 1e12, 2, 1, 1, 1e13, 3, 0.5, 1, 1e12, 1.9, 0.5, 1, 1e13, 2.9, 0.5, 1, 1e13, 3),
                "the loss does not fall with compute");
        // Granularity and compute rise together, so nobody can tell which of the two made a difference.
        refused(runs(Measure.LEVERAGE, 0.5, 1, 1e12, 1.1, 0.5, 10, 1e13, 1.3, 0.5, 1, 1e12, 1.2, 0.5, 10, 1e13, 1.4),
                "do not tell the coefficients of the law apart");
    }

    private static void refused(Runs runs, String... parts) {
        assertThatThrownBy(() -> LeverageFit.of(runs)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("planted: ").message().contains(parts);
    }

    private static Runs runs(Measure measure, double... numbers) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 4) {
            runs.add(new Run(new Setting(numbers[i], numbers[i + 1], numbers[i + 2]), numbers[i + 3]));
        }
        return new Runs("planted", measure, runs);
    }
}

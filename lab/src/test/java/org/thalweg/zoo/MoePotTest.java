package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Examples;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;
import org.thalweg.training.Monitor;

class MoePotTest {
    private static final MoePot SYSTEM = new MoePot();
    private static final double TIME = 0.8;

    @Test
    void solversAgreeWithSolutionsInClosedForm() {
        assertSolved(PdeFamily.ADVECTION, 1.3, x -> Math.sin(2 * x), x -> Math.sin(2 * (x - 1.3 * TIME)), 1e-12);
        assertSolved(PdeFamily.HEAT, 0.07, x -> Math.cos(3 * x), x -> Math.exp(-0.07 * 9 * TIME) * Math.cos(3 * x),
                1e-12);
        // Cole-Hopf: −2 p φ_x / φ with φ = 2 + exp(−p t) cos x, which solves the heat equation.
        double p = 0.3;
        assertSolved(PdeFamily.BURGERS, p, x -> 2 * p * Math.sin(x) / (2 + Math.cos(x)), x -> {
            double decay = Math.exp(-p * TIME);
            return 2 * p * decay * Math.sin(x) / (2 + decay * Math.cos(x));
        }, 1e-7);
        assertSolved(PdeFamily.ALLEN_CAHN, 0.03, _ -> 0.2, _ -> 0.2 * Math.exp(TIME)
                / Math.sqrt(1 + 0.04 * Math.expm1(2 * TIME)), 1e-12);
    }

    @Test
    void splittingIsOfSecondOrder() {
        try (Scope scope = Scope.open()) {
            Tensor u = PdeFamily.initial(3, 1);
            double[] parameters = {0.01, 0.03, 0.05};
            Tensor exact = PdeFamily.ALLEN_CAHN.advance(u, parameters, TIME, 0.0025);
            double coarse = PdeFamily.ALLEN_CAHN.advance(u, parameters, TIME, 0.08).subtract(exact).norm();
            double fine = PdeFamily.ALLEN_CAHN.advance(u, parameters, TIME, 0.04).subtract(exact).norm();
            assertThat(coarse / fine).isBetween(3.6, 4.4);
        }
    }

    @Test
    void runsDependOnTheirPurposeAloneAndUnseenParametersAreApart() {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        values.putAll(Map.of("frames", 2.0, "rollout", 3.0, "runs", 2.0));
        Settings settings = new Settings(values);
        PdeRuns training = PdeRuns.of(new PdeRuns.Which("training", "runs", false), settings);
        PdeRuns again = PdeRuns.of(new PdeRuns.Which("training", "runs", false), settings);
        PdeRuns other = PdeRuns.of(new PdeRuns.Which("held out", "runs", false), settings);
        assertThat(training.states()).hasSize(8);
        for (int run = 0; run < 8; run++) {
            assertThat(training.states().get(run)).isEqualTo(again.states().get(run))
                    .isNotEqualTo(other.states().get(run));
            for (float value : training.states().get(run)) {
                assertThat(Math.abs(value)).isLessThan(1.1f);
            }
        }
        try (Scope scope = Scope.open()) {
            Examples examples = training.examples(100);
            int[] one = {0, 5, 99};
            assertThat(examples.inputs(one).shape()).containsExactly(3, 128);
            // The last state that is seen is the label of the window before.
            assertThat(examples.inputs(new int[] {1}).narrow(1, 64, 64)
                    .sameAs(examples.labels(new int[] {0}))).isTrue();
        }
    }

    @Test
    void aShortTrainingLowersTheErrorAndMeasuresAreBounded() {
        try (Scope scope = Scope.open()) {
            Map<String, Double> before = measured("top-2", small(1));
            Map<String, Double> after = measured("top-2", small(60));
            assertThat(after.get("one-step error")).isLessThan(0.8 * before.get("one-step error"));
            assertThat(after.values()).allSatisfy(value -> assertThat(value).isFinite().isGreaterThanOrEqualTo(0));
            assertThat(after.get("family accuracy")).isBetween(0.0, 1.0);
            for (PdeFamily right : PdeFamily.values()) {
                double sum = Arrays.stream(PdeFamily.values()).mapToDouble(answer ->
                        after.get("confusion " + right.label() + " " + answer.label())).sum();
                assertThat(sum).isCloseTo(1, within(1e-9));
            }
            assertThat(measured("dense", small(1)).keySet()).contains("zero-shot rollout error")
                    .noneMatch(name -> name.startsWith("confusion"));
        }
    }

    @Test
    void canonicalModelsAreTheSameFunctionWithoutATemperatureAndAreMatched() {
        try (Scope scope = Scope.open()) {
            Settings settings = small(3);
            Connection connection = SYSTEM.connection(settings);
            Parameters model = trained("top-2", settings);
            Parameters folded = connection.canonical().apply(model);
            assertThat(connection.loss().applyAsDouble(folded))
                    .isCloseTo(measured("top-2", settings).get("one-step error"),
                            within(1e-5));
            Parameters moved = connection.architecture().random(Random.seeded(1)).apply(folded.to(DType.FLOAT64));
            Parameters back = connection.method().on(connection.network())
                    .match(connection.architecture(), folded::get, moved::get, WorkObserver.SILENT)
                    .alignment().apply(moved);
            Tensor inputs = connection.network().inputs().random(20, 1).batches().getFirst().get();
            assertThat(EquivalenceCheck.compare(p -> connection.network().forward(p, inputs), folded, back, 1e-9)
                    .verified()).isTrue();
        }
    }

    @Test
    void settingsThatMakeNoSystemAreRefusedInOneSentence() {
        assertRefused("solver_step", 0.2, "settings.solver_step is 0.2, but Runge-Kutta steps of Burgers' equation "
                + "with |u| up to 1 and modes up to 21 are stable below 0.1346 only; take a smaller step.");
        assertRefused("solver_step", 0.03, "settings.frame_time is 0.2 and settings.solver_step 0.03, but a frame must "
                + "be one or more whole steps of positive length.");
        assertRefused("experts", 3,
                "the gate selects k = 4 of 3 experts; choose k between 1 and the number of experts.");
        assertRefused("patch", 5, "a patch of 5 points does not divide a grid of 64; choose a divisor.");
        assertRefused("temperature", 0, "there are 2 shared experts and the temperature is 0.0; there must be at least "
                + "1, and the temperature must be more than 0.");
    }

    private static void assertRefused(String setting, double value, String sentence) {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        values.put(setting, value);
        assertThatThrownBy(() -> SYSTEM.variants(new Settings(values))).isInstanceOf(WrongUse.class)
                .hasMessage(sentence);
    }

    private static Settings small(int steps) {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        values.putAll(Map.of("width", 8.0, "blocks", 1.0, "experts", 4.0, "runs", 8.0, "held_out", 4.0));
        values.put("steps", (double) steps);
        return new Settings(values);
    }

    private static Parameters trained(String variant, Settings settings) {
        return SYSTEM.train(new Variant(variant, settings.whole("steps")), Optional.empty(),
                new SystemTraining(settings, 1, Monitor.SILENT));
    }

    private static Map<String, Double> measured(String variant, Settings settings) {
        return SYSTEM.measure(new Variant(variant, 1), trained(variant, settings), settings);
    }

    private static void assertSolved(PdeFamily family, double parameter, DoubleUnaryOperator first,
            DoubleUnaryOperator last, double tolerance) {
        try (Scope scope = Scope.open()) {
            Tensor found = family.advance(field(first), new double[] {parameter}, TIME, 0.04);
            assertThat(found.subtract(field(last)).abs().max()).as(family.label()).isLessThan(tolerance);
        }
    }

    private static Tensor field(DoubleUnaryOperator of) {
        double[] values = new double[PdeFamily.POINTS];
        Arrays.setAll(values, j -> of.applyAsDouble(2 * Math.PI * j / PdeFamily.POINTS));
        return Tensor.of(values, PdeFamily.POINTS, 1);
    }
}

package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** What is drawn at random, by its statistics; seeds are fixed, so a bound holds always or never. */
class RandomDroppingTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void free() {
        scope.close();
    }

    private static double[] merge(
            String name, long seed, Map<String, ?> shared, Map<String, ?> own, Tensor... models) {
        MergeMethod method = MergeMethods.named(name);
        Tensor base = Tensor.zeros(DType.FLOAT64, models[0].shape());
        return method.merge(
                new ModelTensors("x", List.of(models), Optional.of(base), seed),
                Given.values(method, shared, Arrays.stream(models).map(_ -> own).toList())).tensor().toDoubles();
    }

    private static double share(double[] merged) {
        return Arrays.stream(merged).filter(number -> number != 0).count() / (double) merged.length;
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"dare_linear", "dare_ties", "della", "della_linear"})
    void theShareThatIsKeptIsTheDensity(String name) {
        Tensor model = Random.seeded(1).normal(DType.FLOAT64, 1000, 100);
        for (double density : new double[] {0.2, 0.5, 0.75}) {
            double[] merged = merge(name, 1, Map.of(), Map.of("weight", 1, "density", density), model);
            // Five deviations of a share of 100,000 draws.
            assertThat(share(merged)).isCloseTo(density, within(5 * Math.sqrt(density * (1 - density) / 1e5)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"dare_linear", "dare_ties", "della", "della_linear"})
    void nothingIsKeptAtDensityZeroAndEverythingAtOne(String name) {
        Tensor model = Random.seeded(2).normal(DType.FLOAT64, 10, 10);
        assertThat(merge(name, 1, Map.of(), Map.of("weight", 1, "density", 0), model)).containsOnly(0);
        assertThat(merge(name, 1, Map.of(), Map.of("weight", 1, "density", 1), model))
                .containsExactly(model.toDoubles());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"dare_linear", "dare_ties", "della", "della_linear"})
    void aSeedGivesTheSameNumbersAndAnotherOthers(String name) {
        Tensor model = Random.seeded(3).normal(DType.FLOAT64, 50, 50);
        Map<String, Double> own = Map.of("weight", 1.0, "density", 0.5);
        long seed = Random.childSeed(7, "model.layers.0.mlp.up_proj.weight");
        long other = Random.childSeed(7, "model.layers.1.mlp.up_proj.weight");
        assertThat(merge(name, seed, Map.of(), own, model)).containsExactly(merge(name, seed, Map.of(), own, model));
        double[] first = merge(name, seed, Map.of("rescale", false), own, model);
        double[] second = merge(name, other, Map.of("rescale", false), own, model);
        long differing = IntStream.range(0, first.length).filter(i -> first[i] != second[i]).count();
        assertThat(differing / 2500.0).isCloseTo(0.5, within(0.06));
    }

    @Test
    void modelsOfOneTensorLoseDifferentNumbers() {
        Tensor ones = Tensor.ones(DType.FLOAT64, 10_000);
        double[] merged = merge(
                "dare_linear", 1, Map.of("rescale", false), Map.of("weight", 1, "density", 0.5), ones, ones);
        assertThat(Arrays.stream(merged).filter(number -> number == 1).count() / 10_000.0)
                .isCloseTo(0.5, within(0.025));
        assertThat(Arrays.stream(merged).filter(number -> number == 2).count() / 10_000.0)
                .isCloseTo(0.25, within(0.022));
    }

    @Test
    void withInverseDensityTheExpectationIsTheDifference() {
        int draws = 2000;
        Tensor model = Random.seeded(4).normal(DType.FLOAT64, 16);
        double[] sum = new double[16];
        for (int seed = 0; seed < draws; seed++) {
            double[] merged = merge("dare_linear", seed,
                    Map.of("rescale", "inverse-density"), Map.of("weight", 1, "density", 0.3), model);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += merged[i];
            }
        }
        double[] expected = model.toDoubles();
        for (int i = 0; i < sum.length; i++) {
            double deviation = Math.abs(expected[i]) * Math.sqrt((1 / 0.3 - 1) / draws);
            assertThat(sum[i] / draws).isCloseTo(expected[i], within(5 * deviation));
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"dare_linear", "dare_ties", "della", "della_linear"})
    void rescalingRestoresTheSumOfMagnitudes(String name) {
        Tensor model = Random.seeded(5).normal(DType.FLOAT64, 30, 30);
        Map<String, Double> own = Map.of("weight", 1.0, "density", 0.4);
        double whole = model.abs().sum().item();
        for (Object rescale : List.of(true, "l1")) {
            double[] merged = merge(name, 1, Map.of("rescale", rescale), own, model);
            assertThat(Arrays.stream(merged).map(Math::abs).sum()).isCloseTo(whole, within(1e-9 * whole));
        }
        double[] plain = merge(name, 1, Map.of("rescale", false), own, model);
        assertThat(Arrays.stream(plain).map(Math::abs).sum()).isLessThan(0.7 * whole);
    }

    @Test
    void dellaKeepsLargeNumbersOfARowMoreOften() {
        int rows = 20_000;
        // Each row from the smallest magnitude to the largest, whatever the row's own size.
        double[] numbers = new double[rows * 5];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (i % 5 + 1) * (i / 5 + 1) * (i % 2 == 0 ? 1 : -1);
        }
        double[] merged = merge("della_linear", 1, Map.of("rescale", false),
                Map.of("weight", 1, "density", 0.5, "epsilon", 0.4), Tensor.of(numbers, rows, 5));
        for (int column = 0; column < 5; column++) {
            int at = column;
            double share = IntStream.range(0, rows).filter(row -> merged[5 * row + at] != 0).count() / (double) rows;
            assertThat(share).isCloseTo(0.1 + 0.2 * column, within(0.02));
        }
    }

    @Test
    void dellaKeepsARowOfOneNumberWithTheDensity() {
        double[] merged = merge("della_linear", 1, Map.of("rescale", false),
                Map.of("weight", 1, "density", 0.3), Tensor.ones(DType.FLOAT64, 20_000, 1));
        assertThat(share(merged)).isCloseTo(0.3, within(0.017));
    }
}

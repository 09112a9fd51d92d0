package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.scaling.PowerLaw;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.Monitor;
import org.thalweg.training.TextExamples;

class EfficiencyLeverageTest {
    private static final EfficiencyLeverage SYSTEM = new EfficiencyLeverage();

    private static Settings settings(Map<String, Double> changes) {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        values.putAll(changes);
        return new Settings(values);
    }

    private static Variant variant(String name, Settings settings) {
        return SYSTEM.variants(settings).stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void tokensOfTheSourceFollowItsTable() {
        SecondOrderSource source = SecondOrderSource.of(5, 3);
        for (double[] row : source.next()) {
            assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-12));
        }
        int[] text = source.text(400_000, 1);
        int[][] counts = new int[25][5];
        for (int i = 2; i < text.length; i++) {
            counts[text[i - 2] * 5 + text[i - 1]][text[i]]++;
        }
        for (int pair = 0; pair < 25; pair++) {
            int all = Arrays.stream(counts[pair]).sum();
            for (int token = 0; token < 5; token++) {
                double expected = source.next()[pair][token];
                assertThat((double) counts[pair][token] / all).isCloseTo(
                        expected, within(5 * Math.sqrt(0.25 / all) + 1e-9));
            }
        }
        assertThat(Arrays.copyOf(text, 1000)).isEqualTo(source.text(1000, 1)).isNotEqualTo(source.text(1000, 2));
        assertThat(SecondOrderSource.of(5, 3).next()).isDeepEqualTo(source.next());
    }

    @Test
    void floorIsTheSourcesOwnLossOnWhatTheWindowsAskFor() {
        SecondOrderSource source = SecondOrderSource.of(5, 3);
        int window = 7;
        int[] text = source.text(SecondOrderSource.length(40, window), 1);
        try (Scope scope = Scope.open()) {
            TextExamples examples = source.examples(40, window, 1);
            assertThat(examples.size()).isEqualTo(40);
            int[] all = IntStream.range(0, 40).toArray();
            long[] inputs = examples.inputs(all).toLongs();
            long[] labels = examples.labels(all).toLongs();
            double sum = 0;
            int count = 0;
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] >= 0) {
                    sum -= Math.log(i == 0 ? 0.2
                            : source.next()[(int) (inputs[i - 1] * 5 + inputs[i])][(int) labels[i]]);
                    count++;
                }
            }
            assertThat(count).isEqualTo(text.length - 1);
            assertThat(source.floor(text)).isCloseTo(sum / count, within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "8, 2", "4, 1", "4, 8"})
    void flopsAreThoseOfTheWeightsThatATokenUses(int sparsity, int granularity) {
        SweepModel model = new SweepModel(sparsity, granularity);
        Settings settings = settings(Map.of());
        Decoder network = model.network(settings);
        double weights = network.tensors().values().stream()
                .filter(tensor -> tensor.shape().size() == 2 && tensor.name().contains(".layers."))
                .mapToDouble(tensor -> Arrays.stream(tensor.lengths()).reduce(1, (a, b) -> a * b)
                        / (tensor.name().contains(".experts.") ? (double) sparsity : 1)).sum();
        // Besides weights there are scores and sums of values over the tokens of a window.
        assertThat(model.flopsPerToken(settings)).isEqualTo(2 * weights + 2 * 2 * 16 * 16);
    }

    @Test
    void allKindsHaveOneActiveWidth() {
        Settings settings = settings(Map.of());
        double dense = new SweepModel(1, 2).flopsPerToken(settings);
        for (SweepModel model : List.of(new SweepModel(2, 2), new SweepModel(8, 2), new SweepModel(4, 8))) {
            double router = 2 * 16 * model.experts();
            assertThat(model.flopsPerToken(settings) - router).isEqualTo(dense);
        }
    }

    @Test
    void shortTrainingsLearnTheSourceAndAreMeasured() {
        Settings settings = settings(Map.of("vocabulary", 8.0, "steps", 160.0, "batch", 32.0));
        for (String name : List.of("dense-part4", "a8-g2-part4")) {
            try (Scope scope = Scope.open()) {
                Variant variant = variant(name, settings);
                assertThat(variant.steps()).isEqualTo(40);
                Parameters model = SYSTEM.train(
                        variant, Optional.empty(), new SystemTraining(settings, 1, Monitor.SILENT));
                Map<String, Double> measured = SYSTEM.measure(variant, model, settings);
                assertThat(measured.get("loss")).isLessThan(0.97 * Math.log(8));
                assertThat(measured.get("excess_loss")).isBetween(0.0, Math.log(8));
                assertThat(measured.get("busiest_expert")).isBetween(1.0, name.startsWith("dense") ? 1.0 : 8.0);
                assertThat(measured.get("compute")).isEqualTo(40 * 32 * 16
                        * new SweepModel(name.startsWith("dense") ? 1 : 8, 2).flopsPerToken(settings));
            }
        }
    }

    @Test
    void sigmoidsAreBalancedByTheirSharesOfTheirSum() {
        try (Scope scope = Scope.open()) {
            Parameters model = Parameters.of(Map.of("router.weight", Tensor.of(new double[] {2, 0, 0, -1}, 2, 2)));
            BalanceTerm balance = new BalanceTerm(model);
            balance.look("router.weight", Tensor.of(new double[] {1, 1}, 1, 2), false);
            balance.decide("router.weight", Tensor.of(new long[] {0}, 1, 1));
            double first = 1 / (1 + Math.exp(-2));
            double second = 1 / (1 + Math.exp(1));
            assertThat(balance.addedTo(Tensor.of(new double[] {5}, 1), 0.1).item())
                    .isCloseTo(5 + 0.1 * 2 * first / (first + second), within(1e-6));
        }
    }

    @Test
    void connectedModelsHaveExpertsInGroups() {
        Settings settings = settings(Map.of());
        Connection connection = SYSTEM.connection(settings);
        assertThat(SYSTEM.variants(settings)).extracting(Variant::name).contains(SYSTEM.connected());
        assertThat(connection.architecture().spaces().keySet()).contains("layers.0.moe.expert_groups",
                "layers.0.moe.expert_groups.3.experts", "layers.0.moe.experts.15.hidden");
        try (Scope scope = Scope.open()) {
            Decoder network = (Decoder) connection.network();
            double loss = connection.loss().applyAsDouble(network.initialise(Random.seeded(1)));
            assertThat(loss).isBetween(2.0, 10.0);
        }
    }

    /** Measurements whose losses follow planted curves, of which one is {@code times} as good as the dense one. */
    private static Measurements planted(Map<String, Double> times) {
        Settings settings = settings(Map.of());
        PowerLaw dense = new PowerLaw(300, -0.3);
        Map<String, List<Map<String, Double>>> all = new LinkedHashMap<>();
        for (Variant variant : SYSTEM.variants(settings)) {
            String label = variant.name().substring(0, variant.name().lastIndexOf('-'));
            double compute = 1e5 * variant.steps();
            List<Map<String, Double>> seeds = new ArrayList<>();
            for (int seed = 0; seed < 2; seed++) {
                seeds.add(Map.of("activation", label.equals("dense") ? 1 : 1.0 / (label.charAt(1) - '0'),
                        "granularity", label.equals("dense") ? 2 : (double) (label.charAt(4) - '0'),
                        "compute", compute, "excess_loss", dense.at(compute * times.getOrDefault(label, 1.0))));
            }
            all.put(variant.name(), seeds);
        }
        return new Measurements(all);
    }

    @Test
    void plantedLeveragesAreFoundAndClaimed() {
        Map<String, Double> times = Map.of("a2-g2", 1.5, "a4-g2", 2.5, "a8-g2", 4.0,
                "a4-g1", 2.0, "a4-g4", 2.6, "a4-g8", 2.1);
        Measurements measured = planted(times);
        SweptLeverages leverages = SweptLeverages.of(measured, 1);
        times.forEach((label, leverage) -> assertThat(leverages.of(
                new SweepModel(label.charAt(1) - '0', label.charAt(4) - '0'))).isCloseTo(leverage, within(1e-9)));
        List<Claim> claims = SYSTEM.claims(measured);
        assertThat(claims).extracting(Claim::ourValue).satisfiesExactly(
                rank -> assertThat(rank).isEqualTo(1),
                leverage -> assertThat(leverage).isCloseTo(4, within(1e-9)),
                faster -> assertThat(faster).isCloseTo(0, within(1e-9)),
                curvature -> assertThat(curvature).isCloseTo(
                        Math.log(2.0 * 2.1 / (2.5 * 2.6)) / 4, within(1e-9)));
        // 1/A of 1, 2, 4, 8 with leverages of rank 1, 3, 2, 4.
        Measurements mixed = planted(Map.of("a2-g2", 3.0, "a4-g2", 2.0, "a8-g2", 4.0));
        assertThat(SYSTEM.claims(mixed).getFirst().ourValue()).isCloseTo(0.8, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "steps | 101 | give a multiple of 4", "window | 2 | give at least 3", "vocabulary | 3 | must be from 4 to 256",
        "residual | 15 | must be a multiple of 4", "heads | 3 | must be a multiple of 6",
        "groups | 3 | the 4 experts of a2-g2 must be in groups of equal size", "kept_groups | 5 | there are 4 groups",
        "kept_groups | 1 | fewer than the 2 that each token uses", "batch | 0.5 | must be a whole number"})
    void settingsThatMakeNoSweepAreRefused(String name, double value, String why) {
        assertThatThrownBy(() -> SYSTEM.variants(settings(Map.of(name, value))))
                .isInstanceOf(WrongUse.class).hasMessageContaining(why);
    }
}

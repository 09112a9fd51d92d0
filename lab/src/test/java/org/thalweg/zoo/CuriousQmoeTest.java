package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.quantised.QuantisedMoe;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Monitor;

class CuriousQmoeTest {
    private static final CuriousQmoe SYSTEM = new CuriousQmoe();

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    private static Settings with(Object... changes) {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        for (int i = 0; i < changes.length; i += 2) {
            values.put((String) changes[i], ((Number) changes[i + 1]).doubleValue());
        }
        return new Settings(values);
    }

    @Test
    void foldsAreFourFifthsOfTheImagesAndFollowFromTheirSeed() {
        try (Scope scope = Scope.open()) {
            FashionFolds images = FashionFolds.load();
            int[] numbers = IntStream.range(0, 100).toArray();
            Examples fold = images.fold(1);
            assertThat(fold.size()).isEqualTo(FashionFolds.SIZE).isEqualTo(images.train().size() / 5 * 4);
            assertThat(fold.inputs(numbers).sameAs(images.fold(1).inputs(numbers))).isTrue();
            assertThat(fold.labels(numbers).sameAs(images.fold(2).labels(numbers))).isFalse();
            assertThat(images.test().size()).isEqualTo(2_000);
        }
    }

    @Test
    void aShortTrainingLowersTheLossAndRepeatsItself() {
        try (Scope scope = Scope.open()) {
            Settings settings = with("epochs", 1, "batch", 200, "expert_width_1", 16, "expert_width_2", 8,
                    "class_2_experts", 1);
            SystemTraining run = new SystemTraining(settings, 3, Monitor.SILENT);
            Variant variant = new Variant("precision-prior", 1);
            QuantisedMoe network = CuriousQmoe.network(variant.name(), settings);
            Parameters trained = SYSTEM.train(variant, Optional.empty(), run);
            Parameters again = SYSTEM.train(variant, Optional.empty(), run);
            trained.asMap().forEach((name, tensor) ->
                    assertThat(tensor.sameAs(again.get(name))).as(name).isTrue());
            Examples test = FashionFolds.load().test();
            double before = RoutedBits.of(network, network.initialise(run.seed("initial weights")), test).loss();
            Map<String, Double> found = SYSTEM.measure(variant, trained, settings);
            assertThat(found.get("loss")).isLessThan(0.8 * before);
            assertThat(found.values()).allMatch(Double::isFinite);
            assertThat(found.get("macro_f1")).isBetween(0.2, 1.0);
            assertThat(found.get("usage_entropy")).isBetween(0.0, Math.log(3));
            assertThat(found.get("mean_bits")).isBetween(1.58, 8.0);
            assertThat(found.get("uncertainty")).isBetween(0.0, 0.75);
            assertThat(found.get("bits_raised_by_prior")).isNotNegative();
            assertThat(found.get("choice_kept_by_alpha")).isEqualTo(1);
        }
    }

    @Test
    void modelsAreConnectedWithRoundedWeights() {
        try (Scope scope = Scope.open()) {
            Connection connection = SYSTEM.connection(with());
            assertThat(connection.experts()).contains("classes.1.experts");
            assertThat(SYSTEM.connection(with("class_2_experts", 1)).experts()).isEmpty();
            QuantisedMoe network = CuriousQmoe.network(SYSTEM.connected(), with());
            Parameters model = network.initialise(1);
            Parameters rounded = connection.canonical().apply(model);
            assertThat(connection.architecture().tensors().keySet()).isEqualTo(rounded.names());
            double loss = RoutedBits.of(network, model, FashionFolds.load().test()).loss();
            assertThat(connection.loss().applyAsDouble(rounded)).isCloseTo(loss, within(1e-6));
        }
    }

    @Test
    void variantsHaveTheSameStepsAndOneExpertWhereTheyAreCompared() {
        Settings settings = with();
        assertThat(SYSTEM.variants(settings)).extracting(Variant::name).containsExactly("alpha-0", "alpha-0-3",
                "alpha-1", "alpha-3", "precision-prior", "post-training", "four-bit", "sixteen-bit");
        assertThat(SYSTEM.variants(settings)).extracting(Variant::steps).containsOnly(8L * 63);
        assertThat(CuriousQmoe.network("four-bit", settings).config().experts()).isEqualTo(1);
        assertThat(CuriousQmoe.network("alpha-0", settings).config().experts()).isEqualTo(4);
    }

    @Test
    void settingsThatMakeNoLayerAreRefusedInOneSentence() {
        refused("there are kernels for experts of 1.58 bits (ternary), of 1 to 16 and of 32 bits, and none for 17 bits;"
                + " choose one of these.", "class_3_bits", 17);
        refused("there are kernels for experts of 1.58 bits (ternary), of 1 to 16 and of 32 bits, and none for 0 bits; "
                + "choose one of these.", "class_1_bits", 0);
        refused("two classes of experts have 4.0 bits, but experts of equal precision may change places and are one "
                + "class; join them.", "class_3_bits", 4);
        refused("settings.class_2_experts is 0.0 but must be a whole number from 1 on.", "class_2_experts", 0);
        refused("the router selects 5 of 4 experts in 3 classes; choose a number between 1 and that of the experts.",
                "selected", 5);
        refused("settings.prior is 0.0 but must be above 0.", "prior", 0);
    }

    private static void refused(String sentence, String setting, Number value) {
        Settings settings = with(setting, value);
        assertThatThrownBy(() -> SYSTEM.variants(settings)).isInstanceOf(WrongUse.class).hasMessage(sentence);
    }

    @Test
    void macroF1CountsEveryClassAlikeAndEntropyIsThatOfTheChosenExperts() {
        RoutedBits made = new RoutedBits(0, new long[] {0, 0, 1, 1}, new long[] {0, 1, 1, 1},
                new long[][] {{0}, {0}, {2}, {2}}, new double[] {4, 4, 8, 8}, new double[] {0.1, 0.4, 0.2, 0.3});
        assertThat(made.macroF1(2)).isCloseTo((2.0 / 3 + 4.0 / 5) / 2, within(1e-12));
        assertThat(made.usageEntropy()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(RoutedBits.mean(made.bits())).isEqualTo(6);
        assertThat(made.deviationOfBits()).isEqualTo(2);
        assertThat(made.uncertain()).containsExactly(1);
    }

    @Test
    void aDifferenceOfVariancesIsJudgedByDistancesFromTheMedian() {
        double[] wide = {2, 4, 6, 8, 10};
        double[] narrow = {5.9, 6, 6, 6, 6.1};
        Map<String, List<Map<String, Double>>> byVariant = new LinkedHashMap<>();
        SYSTEM.variants(with()).forEach(variant -> byVariant.put(variant.name(), Arrays.stream(
                variant.name().equals("alpha-0") ? wide : narrow).mapToObj(bits -> Map.of("mean_bits", bits,
                        "macro_f1", 0.8, "choice_kept_by_alpha", 1.0, "bits_raised_by_prior", bits,
                        "bits_of_uncertain", bits)).toList()));
        List<Claim> claims = SYSTEM.claims(new Measurements(byVariant));
        assertThat(claims).extracting(Claim::holds).containsExactly(Claim.Holds.YES, Claim.Holds.YES, Claim.Holds.YES,
                Claim.Holds.YES, Claim.Holds.YES, Claim.Holds.YES, Claim.Holds.NOT_SHOWN);
        assertThat(claims.getFirst().ourValue()).isCloseTo((0.2 - 12) / 5, within(1e-12));
    }
}

package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ResidualArchitecture;
import org.thalweg.network.residual.ResidualNetwork;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.Monitor;

/** Omni-Router and AdaMoE, small. */
class RegimeSystemsTest {
    private static final Map<String, Double> SMALL =
            Map.of("layers", 2.0, "hidden", 16.0, "examples", 2048.0, "epochs", 5.0, "rate", 1e-2);

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    private static Settings settings(MoeSystem system, Map<String, Double> changes) {
        Map<String, Double> values = new LinkedHashMap<>(system.defaults());
        values.putAll(changes);
        return new Settings(values);
    }

    /** The system's measures of every variant at a small size, from first weights and trained. */
    private static Map<String, Map<String, Double>> trained(MoeSystem system, Settings settings) {
        Map<String, Map<String, Double>> measured = new LinkedHashMap<>();
        Map<String, Parameters> models = new LinkedHashMap<>();
        for (Variant variant : system.variants(settings)) {
            Parameters model = system.train(variant, variant.from().map(models::get),
                    new SystemTraining(settings, 3, Monitor.SILENT));
            models.put(variant.name(), model);
            measured.put(variant.name(), system.measure(variant, model, settings));
        }
        assertThat(measured.values()).allSatisfy(values ->
                assertThat(values.values()).allSatisfy(value -> assertThat(value).isFinite()));
        return measured;
    }

    @Test
    void examplesOfBothTasksAreMadeFromTheSeedOfAllData() {
        RegimeExamples examples = DepthRegimes.of("training", 803, 8);
        assertThat(examples.vectors()).isDeepEqualTo(DepthRegimes.of("training", 803, 8).vectors());
        assertThat(examples.vectors()[0]).isNotEqualTo(DepthRegimes.of("test", 803, 8).vectors()[0]);
        assertThat(IntStream.of(examples.regimes()).filter(regime -> regime == 2).count()).isEqualTo(101);
        assertThat(examples.answers()).isInstanceOfSatisfying(RegimeExamples.Answers.Classes.class, classes ->
                assertThat(Arrays.stream(classes.of()).distinct().count()).isEqualTo(DepthRegimes.CLASSES));
        assertThat(AmplitudeRegimes.of("test", 50, 6).vectors())
                .isDeepEqualTo(AmplitudeRegimes.of("test", 50, 6).vectors());
    }

    /** A target is bounded by the amplitude that its input names, and proportional to it. */
    @Test
    void theAmplitudeSaysHowMuch() {
        RegimeExamples examples = AmplitudeRegimes.of("training", 6000, 6);
        float[][] targets = ((RegimeExamples.Answers.Vectors) examples.answers()).of();
        for (int regime = 0; regime < 6; regime++) {
            double small = 0;
            double large = 0;
            for (int i = regime; i < 6000; i += 6) {
                double amplitude = examples.vectors()[i][AmplitudeRegimes.WIDTH - 1] + 1;
                assertThat(amplitude).isBetween(0.2 - 1e-6, 1.8 + 1e-6);
                double length = 0;
                for (float value : targets[i]) {
                    assertThat(Math.abs(value)).isLessThanOrEqualTo((float) amplitude + 1e-6f);
                    length += value * value;
                }
                small += amplitude < 1 ? length : 0;
                large += amplitude < 1 ? 0 : length;
            }
            assertThat(large).isGreaterThan(3 * small);
        }
    }

    @Test
    void omniRouterLearnsAndItsMeasuresAreBounded() {
        try (Scope scope = Scope.open()) {
            OmniRouter system = new OmniRouter();
            Map<String, Map<String, Double>> measured = trained(system, settings(system, SMALL));
            assertThat(measured.keySet()).containsExactly("dense", "switch", "omni");
            measured.forEach((variant, values) -> {
                assertThat(values.get("cross_entropy")).as(variant).isBetween(0.0, Math.log(8) - 0.2);
                assertThat(values.get("accuracy")).as(variant).isBetween(0.2, 1.0);
            });
            for (String quantity : List.of("nmi_between_layers", "nmi_with_regime", "usage_entropy")) {
                assertThat(measured.get("omni").get(quantity)).as(quantity).isBetween(0.0, 1.0);
            }
            assertThat(system.claims(new Measurements(repeated(measured)))).hasSize(5)
                    .allSatisfy(claim -> assertThat(claim.seeds()).isEqualTo(2));
        }
    }

    @Test
    void adaMoeLearnsFromTheDenseModelAndItsMeasuresAreBounded() {
        try (Scope scope = Scope.open()) {
            AdaMoe system = new AdaMoe();
            Map<String, Map<String, Double>> measured = trained(system, settings(system, SMALL));
            assertThat(measured.keySet())
                    .containsExactly("pretrained", "dense", "vanilla", "concatenated", "additive");
            double before = measured.get("pretrained").get("mse");
            measured.forEach((variant, values) -> {
                if (!variant.equals("pretrained")) {
                    assertThat(values.get("mse")).as(variant).isLessThan(before);
                }
            });
            assertThat(measured.get("vanilla").get("correlation_of_probability_and_weight"))
                    .isCloseTo(1, within(1e-6));
            assertThat(measured.get("additive").get("correlation_of_probability_and_weight")).isBetween(-1.0, 1.0);
            assertThat(system.claims(new Measurements(repeated(measured)))).hasSize(4);
        }
    }

    private static Map<String, List<Map<String, Double>>> repeated(Map<String, Map<String, Double>> measured) {
        Map<String, List<Map<String, Double>>> twice = new LinkedHashMap<>();
        measured.forEach((variant, values) -> twice.put(variant, List.of(values, values)));
        return twice;
    }

    @Test
    void upcycledExpertsAreCopiesAndAnAdditiveAdapterBeginsAsTheRouter() {
        try (Scope scope = Scope.open()) {
            Settings settings = settings(new AdaMoe(), SMALL);
            ResidualNetwork dense = ResidualArchitecture.network(AdaMoe.config("pretrained", settings));
            ResidualNetwork additive = ResidualArchitecture.network(AdaMoe.config("additive", settings));
            Parameters start = dense.initialise(Random.seeded(1));
            Parameters model = Upcycling.of(start, additive, Random.seeded(2));
            assertThat(model.names()).containsExactlyElementsOf(additive.tensors().keySet());
            for (String place : List.of("experts.0", "experts.3", "shared_experts")) {
                assertThat(model.get("blocks.1.mlp." + place + ".up_proj.weight")
                        .sameAs(start.get("blocks.1.mlp.up_proj.weight"))).isTrue();
            }
            assertThat(model.get("blocks.1.mlp.adapter.weight").sameAs(model.get("blocks.1.mlp.gate.weight"))).isTrue();
            assertThat(model.get("blocks.0.mlp.gate.weight").norm() / Math.sqrt(4 * AmplitudeRegimes.WIDTH))
                    .isBetween(0.004, 0.008);
        }
    }

    /** Of equal use the term is 1 in each layer; of one expert alone it is n times its probability. */
    @Test
    void theBalanceTermIsThatOfSwitchTransformers() {
        try (Scope scope = Scope.open()) {
            Parameters model = Parameters.of(Map.of("router.weight", Tensor.of(new double[] {1, 0, 0, 1}, 2, 2)));
            Tensor entering = Tensor.of(new double[] {3, 0, 0, 3}, 2, 2);
            BalanceTerm balance = new BalanceTerm(model);
            balance.look("router.weight", entering, true);
            balance.decide("router.weight", Tensor.of(new long[] {0, 1}, 2, 1));
            balance.look("router.weight", entering.narrow(0, 0, 1), true);
            balance.decide("router.weight", Tensor.of(new long[] {0}, 1, 1));
            double alone = 2 / (1 + Math.exp(-3));
            assertThat(balance.addedTo(Tensor.of(new double[] {5}, 1), 0.1).item())
                    .isCloseTo(5 + 0.1 * (1 + alone), within(1e-6));
            Tensor loss = Tensor.of(new double[] {5}, 1);
            assertThat(new BalanceTerm(model).addedTo(loss, 0.1)).isSameAs(loss);
        }
    }

    @Test
    void mutualInformationIsOneOfARelabellingAndNoneOfIndependence() {
        int[] one = {0, 0, 1, 1, 2, 2};
        assertThat(SeenRouting.mutualInformation(one, new int[] {2, 2, 0, 0, 1, 1})).isCloseTo(1, within(1e-12));
        assertThat(SeenRouting.mutualInformation(new int[] {0, 0, 1, 1}, new int[] {0, 1, 0, 1}))
                .isCloseTo(0, within(1e-12));
        assertThat(SeenRouting.mutualInformation(one, new int[6])).isEqualTo(0);
        assertThat(SeenRouting.correlation(new double[] {1, 2, 3}, new double[] {2, 4, 6})).isCloseTo(1, within(1e-12));
        assertThat(SeenRouting.correlation(new double[] {1, 2, 3}, new double[] {2, 2, 2})).isEqualTo(0);
    }

    @Test
    void connectionsRankAllOrdersOfFewExperts() {
        for (MoeSystem system : List.of(new OmniRouter(), new AdaMoe())) {
            try (Scope scope = Scope.open()) {
                Settings settings = settings(system, SMALL);
                Connection connection = system.connection(settings);
                Parameters model = ((ResidualNetwork) connection.network()).initialise(Random.seeded(5));
                assertThat(connection.loss().applyAsDouble(model)).isFinite().isPositive();
                assertThat(connection.architecture().space(connection.experts().orElseThrow()).group().size())
                        .isEqualTo(4);
                assertThat(system.connection(settings(system, Map.of("experts", 8.0))).experts()).isEmpty();
            }
        }
    }

    @Test
    void settingsThatMakeNoSystemAreRefusedBeforeAnyTraining() {
        OmniRouter omni = new OmniRouter();
        assertThatThrownBy(() -> omni.variants(settings(omni, Map.of("last-experts", 8.0))))
                .isInstanceOf(WrongUse.class)
                .hasMessage("one router serves all layers, so all need the same number of experts, not [4, 4, 4, 8]; "
                        + "give them one number, or a router each.");
        assertThatThrownBy(() -> omni.variants(settings(omni, Map.of("experts", 1.0))))
                .isInstanceOf(WrongUse.class)
                .hasMessage("a router chooses among at least 2 experts, not 1; raise settings.experts.");
        AdaMoe adaMoe = new AdaMoe();
        assertThatThrownBy(() -> adaMoe.variants(settings(adaMoe, Map.of("selected", 5.0))))
                .isInstanceOf(WrongUse.class)
                .hasMessage("settings.selected asks for 5 of 4 experts; choose at most as many as there are.");
        assertThatThrownBy(() -> adaMoe.variants(settings(adaMoe, Map.of("layers", 0.5))))
                .isInstanceOf(WrongUse.class)
                .hasMessage("settings.layers is 0.5 but must be a whole number from 1 on.");
        assertThat(omni.variants(settings(omni, Map.of()))).hasSize(3);
    }
}

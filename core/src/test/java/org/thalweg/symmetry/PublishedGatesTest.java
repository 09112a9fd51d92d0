package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.family.VitFamily;
import org.thalweg.group.Permutation;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.PlainPublished;
import org.thalweg.network.SingleLayer;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.network.moe.Router;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Derivatives;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The gates of published models compute what they should, and their groups are what the specification says. */
class PublishedGatesTest {
    private static final String CORRECTION = "moe.gate.e_score_correction_bias";

    static List<MoeConfig> all() {
        return PublishedGates.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void computesThePublishedFormulas(MoeConfig config) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(3);
            Parameters layer = PublishedGates.layer(config, random);
            Tensor x = PublishedGates.inputs(random, 40);
            Tensor found = SingleLayer.forward(config, layer, "moe", x);
            for (int token = 0; token < 40; token++) {
                double[] expected = PlainPublished.forward(config, layer, x.narrow(0, token, 1).toDoubles());
                assertThat(found.narrow(0, token, 1).subtract(Tensor.of(expected, 1, expected.length)).abs().max())
                        .isLessThan(1e-10);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void everyElementOfTheGroupLeavesALayersOutputsEqual(MoeConfig config) {
        for (long seed = 1; seed <= 5; seed++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Parameters layer = PublishedGates.layer(config, random);
                Alignment g = ModelArchitecture.ofLayer(config, layer).random(random);
                assertThat(g.elements()).isNotEmpty();
                compare(config, layer, g.apply(layer), random).requireVerified();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void everyElementOfTheGroupLeavesAVitsLogitsEqualAndItsConfigurationReadsBack(MoeConfig config) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(4);
            VitConfig vit = SampleModels.vit(config);
            assertThat(VitFamily.sizes(vit.toJson())).isEqualTo(vit);
            Network network = VitFamily.network(vit);
            Parameters model = SampleModels.vitParameters(vit, random);
            assertThat(network.tensors().keySet()).isEqualTo(model.names());
            Alignment g = ModelArchitecture.ofVit(vit, model).random(random);
            Tensor images = random.normal(DType.FLOAT64, 5, 1, 4, 4);
            EquivalenceCheck.compare(p -> network.forward(p, images), model, g.apply(model), 1e-9).requireVerified();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(MoeModel.class)
    void scalingTheScoresChangesEveryGateThatDoesNotGiveOneExpertTheWeightOne(MoeModel model) {
        assertVisible(first(model), layer -> layer.mapNamed((name, tensor) ->
                name.startsWith("moe.gate.") && !name.equals(CORRECTION) ? tensor.multiply(1.7) : tensor));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(MoeModel.class)
    void aNumberAddedToAllScoresIsFreeUnderASoftmaxAlone(MoeModel model) {
        Tensor[] shift = new Tensor[1];
        try (Scope scope = Scope.open()) {
            shift[0] = scope.keep(Random.seeded(5).normal(DType.FLOAT64, 1, SampleModels.RESIDUAL));
            UnaryOperator<Parameters> shifted = layer -> replaced(layer, "moe.gate.weight", w -> w.add(shift[0]));
            switch (model) {
                case DEEPSEEK_V3, LLAMA4 -> assertVisible(first(model), shifted);
                case SWITCH, MIXTRAL, OLMOE, QWEN2_MOE, QWEN3_MOE, DEEPSEEK_V2, GPT_OSS ->
                    assertInvisible(first(model), shifted);
            }
        }
    }

    @Test
    void theGateOfSharedExpertsIsRigid() {
        MoeConfig config = first(MoeModel.QWEN2_MOE);
        assertVisible(config, layer -> replaced(layer, "moe.shared_expert_gate.weight", w -> w.add(0.5)));
        assertVisible(config, layer -> replaced(layer, "moe.shared_expert_gate.weight", w -> w.multiply(1.7)));
    }

    @Test
    void aCorrectionIsFreeUpToWhatAllHaveInCommon() {
        assertInvisible(PublishedGates.TWO_GROUPS, layer -> replaced(layer, CORRECTION, b -> b.add(0.7)));
        assertVisible(PublishedGates.TWO_GROUPS, layer -> replaced(layer, CORRECTION, b -> b.multiply(3)));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(MoeModel.class)
    void aFactorOfAHiddenUnitIsFreeWhereTheUnitIsLinearInIt(MoeModel model) {
        UnaryOperator<Parameters> up = layer -> scaled(layer, "up_proj", -1.9);
        UnaryOperator<Parameters> gate = layer -> scaled(layer, "gate_proj", 1.9);
        switch (model) {
            case SWITCH -> {
                assertInvisible(first(model), layer -> scaled(layer, "up_proj", 1.9));
                assertVisible(first(model), up);
            }
            case GPT_OSS -> {
                assertVisible(first(model), up);
                assertVisible(first(model), gate);
            }
            case MIXTRAL, OLMOE, QWEN2_MOE, QWEN3_MOE, DEEPSEEK_V2, DEEPSEEK_V3, LLAMA4 -> {
                assertInvisible(first(model), up);
                assertVisible(first(model), gate);
            }
        }
    }

    @Test
    void groupsDecideWhichOrdersOfTheExpertsAreFree() {
        assertThat(freeOrders(PublishedGates.VACUOUS)).isEqualTo(720);
        assertThat(freeOrders(PublishedGates.ONE_GROUP)).isEqualTo(48);
        assertThat(freeOrders(PublishedGates.TWO_GROUPS)).isEqualTo(48);
    }

    /** How many of all orders of the experts, with their rows, leave the outputs equal: as many as the group has. */
    private static long freeOrders(MoeConfig config) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(6);
            Parameters layer = PublishedGates.layer(config, random);
            Tensor x = PublishedGates.inputs(random, 64);
            Tensor expected = SingleLayer.forward(config, layer, "moe", x);
            long free = Permutation.all(config.experts()).stream().filter(order -> {
                try (Scope one = Scope.open()) {
                    return SingleLayer.forward(config, reordered(layer, order), "moe", x)
                            .subtract(expected).abs().max() < 1e-9;
                }
            }).count();
            Architecture architecture = ModelArchitecture.ofLayer(config, layer);
            long group = architecture.spaces().values().stream()
                    .filter(space -> space.name().startsWith("mixture.expert_groups"))
                    .mapToLong(space -> Permutation.all(space.group().size()).size()).reduce(1, Math::multiplyExact);
            assertThat(group).isEqualTo(free);
            return free;
        }
    }

    private static Parameters reordered(Parameters layer, Permutation order) {
        return layer.mapNamed((name, tensor) -> {
            if (name.startsWith("moe.gate.")) {
                return order.applyTo(tensor, 0);
            }
            if (name.startsWith("moe.experts.")) {
                String[] parts = name.split("\\.", 4);
                return layer.get("moe.experts." + order.image(Integer.parseInt(parts[2])) + "." + parts[3]);
            }
            return tensor;
        });
    }

    /** By hand from the formulas: width 5, 4 experts of 3 units, a shared one of 3 where there is one. */
    @ParameterizedTest(name = "{0}, k = {1}")
    @CsvSource({
        "SWITCH, 1, 17", "MIXTRAL, 2, 17", "OLMOE, 2, 17", "QWEN2_MOE, 2, 20", "QWEN3_MOE, 2, 17",
        "DEEPSEEK_V2, 2, 20", "DEEPSEEK_V3, 2, 15", "GPT_OSS, 2, 6", "LLAMA4, 1, 15"
    })
    void nullDirectionsAreThoseOfTheGroup(MoeModel model, int selected, int dimension) {
        MoeConfig config = new MoeConfig(4, new Gating.Published(model, selected, model.hasShared() ? 1 : 0,
                model.hasGroups() ? model.groups(2, 1) : Router.Groups.ONE), List.of(3), model.activation());
        int least = Integer.MAX_VALUE;
        // A ReLU unit that no token wakes has directions of its own.
        for (long seed = 1; seed <= 3 && least > dimension; seed++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Parameters layer = SampleModels.loud(SingleLayer.initialise(config, 5, "moe", random), random);
                // So far out that the clamps of gpt-oss act: without them c(b + 1) - 1 for a unit's bias is free.
                Tensor x = random.normal(DType.FLOAT64, 200, 5).multiply(model == MoeModel.GPT_OSS ? 4 : 2);
                double[] found = LinearAlgebra.svd(jacobian(config, layer, x)).s().toDoubles();
                int nullity = 0;
                for (double value : found) {
                    nullity += value < 1e-9 * found[0] ? 1 : 0;
                }
                least = Math.min(least, nullity);
                // The choice alone depends on corrections, so they have no derivatives and are left out.
                int corrections = layer.contains(CORRECTION) ? 1 : 0;
                assertThat(ModelArchitecture.ofLayer(config, layer).dimension() - corrections).isEqualTo(dimension);
            }
        }
        assertThat(least).isEqualTo(dimension);
    }

    /** Derivatives of all outputs by all weights but corrections: where the choice is what it was, there are some. */
    private static Tensor jacobian(MoeConfig config, Parameters layer, Tensor x) {
        LayerTensors tensors = ModelArchitecture.layerTensors(layer, "moe");
        Tensor[] kept = new Tensor[1];
        config.layer().forward(tensors, x, (_, chosen) -> {
            kept[0] = chosen;
            return chosen;
        });
        return Derivatives.byDifferences(
                moved -> config.layer().forward(
                        new LayerTensors(tensors.names(), layer.with(moved), 0), x, (_, _) -> kept[0]),
                layer.filter(name -> !name.equals(CORRECTION)));
    }

    private static MoeConfig first(MoeModel model) {
        return PublishedGates.all().stream()
                .filter(config -> ((Gating.Published) config.gating()).model() == model).findFirst().orElseThrow();
    }

    /** A unit of the first expert: one map times a factor, the map out of it divided. */
    private static Parameters scaled(Parameters layer, String map, double factor) {
        return layer.mapNamed((name, tensor) -> name.startsWith("moe.experts.0." + map) ? tensor.multiply(factor)
                : name.equals("moe.experts.0.down_proj.weight") ? tensor.multiply(1 / factor) : tensor);
    }

    private static Parameters replaced(Parameters layer, String tensor, UnaryOperator<Tensor> change) {
        return layer.mapNamed((name, value) -> name.equals(tensor) ? change.apply(value) : value);
    }

    private static void assertVisible(MoeConfig config, UnaryOperator<Parameters> change) {
        Verification found = changed(config, change);
        assertThat(found.verified()).isFalse();
        assertThat(found.maxAbsDifference()).isGreaterThan(1e-3);
    }

    private static void assertInvisible(MoeConfig config, UnaryOperator<Parameters> change) {
        changed(config, change).requireVerified();
    }

    private static Verification changed(MoeConfig config, UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(7);
            Parameters layer = PublishedGates.layer(config, random);
            return compare(config, layer, change.apply(layer), random);
        }
    }

    private static Verification compare(MoeConfig config, Parameters before, Parameters after, Random random) {
        Tensor x = PublishedGates.inputs(random, 64);
        return EquivalenceCheck.compare(p -> SingleLayer.forward(config, p, "moe", x), before, after, 1e-9);
    }

    @Test
    void exchangingExpertsOfDifferentGroupsIsVisible() {
        Permutation swap = new Permutation(new int[] {2, 1, 0, 3, 4, 5});
        assertVisible(PublishedGates.TWO_GROUPS, layer -> reordered(layer, swap));
        assertVisible(PublishedGates.ONE_GROUP, layer -> reordered(layer, swap));
        assertInvisible(PublishedGates.VACUOUS, layer -> reordered(layer, swap));
    }
}

package org.thalweg.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.family.VitFamily;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class VitTest {
    private static final int IMAGES = 3;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    static List<VitConfig> configurations() {
        List<VitConfig> all = new ArrayList<>();
        for (int layers : new int[] {1, 2, 3}) {
            all.add(dense(layers));
            for (Gating gating : List.of(new Gating.Dense(), new Gating.Sparse(2), new Gating.DeepSeek(2, 1))) {
                MoeConfig layer = new MoeConfig(3, gating, List.of(9), UnitFunction.GELU);
                all.add(dense(layers).withExperts(new VitConfig.MoeLayers(List.of(0), layer)));
                all.add(dense(layers).withExperts(new VitConfig.MoeLayers(List.of(0, layers - 1), layer)));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void logitsAreThoseOfAComputationOfEveryToken(VitConfig config) {
        try (Scope scope = Scope.open()) {
            Parameters model = model(config);
            double[] images = images(config).toDoubles();
            double[] logits = VitFamily.network(config).forward(model, images(config)).toDoubles();
            int pixels = images.length / IMAGES;
            for (int image = 0; image < IMAGES; image++) {
                double[] expected = PlainVit.logits(
                        config, model, Arrays.copyOfRange(images, image * pixels, (image + 1) * pixels));
                for (int c = 0; c < config.classes(); c++) {
                    assertThat(logits[image * config.classes() + c]).isCloseTo(expected[c], within(1e-11));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void everyWayOfCuttingTheRunGivesTheSameLogits(VitConfig config) {
        try (Scope scope = Scope.open()) {
            Vit network = VitFamily.network(config);
            Parameters model = model(config);
            Tensor whole = network.forward(model, images(config));
            for (int cut = 0; cut <= network.stages(); cut++) {
                Tensor state = network.run(model, images(config), 0, cut);
                assertThat(network.run(model, state, cut, network.stages()).sameAs(whole)).isTrue();
            }
            Tensor state = images(config);
            for (int stage = 0; stage < network.stages(); stage++) {
                state = network.run(model, state, stage, stage + 1);
            }
            assertThat(state.sameAs(whole)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aStageReadsTheTensorsThatSayTheyBelongToItAndNoOthers(VitConfig config) {
        try (Scope scope = Scope.open()) {
            Vit network = VitFamily.network(config);
            Parameters model = model(config);
            for (String name : model.names()) {
                int stage = network.stageOf(name);
                Parameters without = model.filter(other -> !other.equals(name));
                Tensor state = network.run(without, images(config), 0, stage);
                network.run(without, network.run(model, state, stage, stage + 1), stage + 1, network.stages());
                // Without its bias a gate is another gate, not a broken one; an expert may have no tokens.
                if (!name.endsWith("gate.bias") && !name.contains(".experts.")) {
                    assertThatThrownBy(() -> network.run(without, state, stage, stage + 1))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage("the model has no tensor '" + name + "'");
                }
            }
            assertThatThrownBy(() -> network.stageOf("vit.encoder.layer.7.moe.gate.weight"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no stage of this network reads a tensor 'vit.encoder.layer.7.moe.gate.weight'");
        }
    }

    @Test
    void namesAndShapesAreHuggingFaces() {
        try (Scope scope = Scope.open()) {
            Map<String, List<Long>> expected = new LinkedHashMap<>();
            expected.put("vit.embeddings.cls_token", List.of(1L, 1L, 8L));
            expected.put("vit.embeddings.position_embeddings", List.of(1L, 7L, 8L));
            expected.put("vit.embeddings.patch_embeddings.projection.weight", List.of(8L, 2L, 2L, 2L));
            expected.put("vit.embeddings.patch_embeddings.projection.bias", List.of(8L));
            for (String layer : List.of("vit.encoder.layer.0.", "vit.encoder.layer.1.")) {
                for (String square : List.of("attention.attention.query", "attention.attention.key",
                        "attention.attention.value", "attention.output.dense")) {
                    expected.put(layer + square + ".weight", List.of(8L, 8L));
                    expected.put(layer + square + ".bias", List.of(8L));
                }
                expected.put(layer + "intermediate.dense.weight", List.of(12L, 8L));
                expected.put(layer + "intermediate.dense.bias", List.of(12L));
                expected.put(layer + "output.dense.weight", List.of(8L, 12L));
                expected.put(layer + "output.dense.bias", List.of(8L));
                for (String norm : List.of("layernorm_before", "layernorm_after")) {
                    expected.put(layer + norm + ".weight", List.of(8L));
                    expected.put(layer + norm + ".bias", List.of(8L));
                }
            }
            expected.put("vit.layernorm.weight", List.of(8L));
            expected.put("vit.layernorm.bias", List.of(8L));
            expected.put("classifier.weight", List.of(5L, 8L));
            expected.put("classifier.bias", List.of(5L));
            Map<String, List<Long>> found = new LinkedHashMap<>();
            VitFamily.network(dense(2)).initialise(Random.seeded(1)).asMap().forEach((name, tensor) ->
                    found.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
            assertThat(found).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void gradientsAreThoseOfCentralDifferences(VitConfig config) {
        try (Scope scope = Scope.open()) {
            Vit network = VitFamily.network(config);
            Parameters model = model(config);
            Parameters leaves = Gradients.leaves(model);
            Tensor labels = Tensor.indices(new int[] {0, 3, 4});
            Parameters gradients = Gradients.of(
                    Functions.crossEntropy(network.forward(leaves, images(config)), labels), leaves);
            double step = 1e-5;
            for (String name : model.names()) {
                int element = (int) (model.get(name).size() / 2);
                double up = loss(network, moved(model, name, element, step), labels);
                double down = loss(network, moved(model, name, element, -step), labels);
                assertThat(gradients.get(name).toDoubles()[element]).as(name)
                        .isCloseTo((up - down) / (2 * step), within(1e-8));
            }
        }
    }

    private static double loss(Vit network, Parameters model, Tensor labels) {
        return Functions.crossEntropy(network.forward(model, images(network.config())), labels).item();
    }

    private static Parameters moved(Parameters model, String name, int element, double by) {
        Tensor tensor = model.get(name);
        double[] values = tensor.toDoubles();
        values[element] += by;
        return model.with(Parameters.of(Map.of(name, Tensor.of(values, tensor.shape()))));
    }

    private static VitConfig dense(int layers) {
        return new VitConfig(new ImageSize(2, 4, 6), 2, 8, 2, layers, 12, 5, Optional.empty());
    }

    /** Every tensor random, so that a forgotten normalisation or bias shows. */
    private static Parameters model(VitConfig config) {
        Random random = Random.seeded(21);
        return VitFamily.network(config).initialise(random).to(DType.FLOAT64).map(tensor ->
                tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(0.2)));
    }

    private static Tensor images(VitConfig config) {
        ImageSize image = config.image();
        return Random.seeded(22).normal(DType.FLOAT64, IMAGES, image.channels(), image.height(), image.width());
    }
}

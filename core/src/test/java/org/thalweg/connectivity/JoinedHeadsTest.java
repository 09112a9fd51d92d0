package org.thalweg.connectivity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.family.VitFamily;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ImageSize;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.Network;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Heads of several models joined to heads whose circuits are weighted sums. */
class JoinedHeadsTest {
    private static final double[] BETWEEN = {0.7, 0.3};

    private static Stream<String> joinable() {
        return SmallConfigs.variants().stream().filter(variant ->
                SmallConfigs.network(SmallConfigs.of(variant)).joinedHeads(2) instanceof JoinedHeads.Wider);
    }

    private static Parameters model(Network network, long seed) {
        return DeclaredTensor.draw(network.tensors().values(), Random.seeded(seed)).to(DType.FLOAT64);
    }

    private static Tensor ids() {
        return Tensor.of(new long[] {3, 1, 12, 7, 5, 0, 9, 2, 4, 11, 6, 8}, 2, 6);
    }

    /** Outputs of the mean of circuits. */
    private static Tensor mixed(Network network, List<Parameters> models, double[] weights, Tensor input) {
        JoinedHeads.Wider wider = (JoinedHeads.Wider) network.joinedHeads(models.size());
        Parameters mean = Mixture.of(network, models).joining(wider).at(weights, 0);
        DeclaredTensor.require(wider.network().tensors().values(), mean);
        return wider.network().forward(mean, input);
    }

    private static double distance(Tensor one, Tensor other) {
        return one.subtract(other).abs().max() / one.abs().max();
    }

    @ParameterizedTest
    @MethodSource("joinable")
    void theEndsAreTheModels(String variant) {
        try (Scope scope = Scope.open()) {
            Decoder network = SmallConfigs.decoder(SmallConfigs.of(variant));
            List<Parameters> models = List.of(model(network, 1), model(network, 2));
            for (int end = 0; end < 2; end++) {
                double[] weights = {1 - end, end};
                assertThat(distance(network.forward(models.get(end), ids()), mixed(network, models, weights, ids())))
                        .isLessThan(1e-12);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("joinable")
    void betweenEqualModelsNothingChanges(String variant) {
        try (Scope scope = Scope.open()) {
            Decoder network = SmallConfigs.decoder(SmallConfigs.of(variant));
            Parameters model = model(network, 1);
            Tensor alone = network.forward(model, ids());
            assertThat(distance(alone, mixed(network, List.of(model, model), BETWEEN, ids()))).isLessThan(1e-12);
            assertThat(distance(alone, mixed(network, List.of(model, model, model), new double[] {0.2, 0.5, 0.3},
                    ids()))).isLessThan(1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "phi3", "gpt_neox", "mixtral", "qwen2", "gpt_oss"})
    void basesInsideHeadsMoveTheLineOfWeightsButNotThatOfCircuits(String variant) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = SmallConfigs.of(variant);
            Decoder network = SmallConfigs.decoder(config);
            Parameters a = model(network, 1);
            Parameters b = model(network, 2);
            Architecture architecture = SmallConfigs.architecture(config, b);
            boolean withQueries = ((JoinedHeads.Wider) network.joinedHeads(2)).kept().isEmpty();
            Alignment bases = architecture.random(Random.seeded(4), architecture.spaces().keySet().stream()
                    .filter(space -> space.endsWith(".value_output") || withQueries && space.endsWith(".query_key"))
                    .toList());
            assertThat(bases.elements()).isNotEmpty();
            Parameters moved = bases.apply(b);
            Tensor straight = network.forward(a.lerp(b, BETWEEN[1]), ids());
            assertThat(distance(straight, network.forward(a.lerp(moved, BETWEEN[1]), ids()))).isGreaterThan(1e-3);
            Tensor circuits = mixed(network, List.of(a, b), BETWEEN, ids());
            assertThat(distance(circuits, mixed(network, List.of(a, moved), BETWEEN, ids()))).isLessThan(1e-9);
            assertThat(distance(straight, circuits)).isGreaterThan(1e-3);
        }
    }

    @Test
    void circuitsAreTheWeightedSums() {
        try (Scope scope = Scope.open()) {
            Decoder network = SmallConfigs.decoder(SmallConfigs.of("gpt2"));
            List<Parameters> models = List.of(model(network, 1), model(network, 2));
            JoinedHeads.Wider wider = (JoinedHeads.Wider) network.joinedHeads(2);
            assertThat(wider.kept()).isEmpty();
            Parameters mean = Mixture.of(network, models).joining(wider).at(BETWEEN, 0);
            for (int head = 0; head < 4; head++) {
                Tensor queryKey = queryKey(models.get(0), head, 4).multiply(BETWEEN[0])
                        .add(queryKey(models.get(1), head, 4).multiply(BETWEEN[1]));
                assertThat(distance(queryKey, queryKey(mean, head, 8))).isLessThan(1e-12);
                Tensor valueOutput = valueOutput(models.get(0), head, 4).multiply(BETWEEN[0])
                        .add(valueOutput(models.get(1), head, 4).multiply(BETWEEN[1]));
                assertThat(distance(valueOutput, valueOutput(mean, head, 8))).isLessThan(1e-12);
            }
        }
    }

    /** The map and, as its last row, the bias [residual+1 width] of one head of one of the three. */
    private static Tensor inputs(Parameters model, int which, int head, int width) {
        Tensor weight = model.get("transformer.h.1.attn.c_attn.weight");
        Tensor bias = model.get("transformer.h.1.attn.c_attn.bias").unsqueeze(0);
        return Tensor.concatenate(List.of(weight, bias), 0).narrow(1, (4L * which + head) * width, width);
    }

    private static Tensor queryKey(Parameters model, int head, int width) {
        return inputs(model, 0, head, width).matmul(inputs(model, 1, head, width).transpose(0, 1));
    }

    private static Tensor valueOutput(Parameters model, int head, int width) {
        return inputs(model, 2, head, width).matmul(
                model.get("transformer.h.1.attn.c_proj.weight").narrow(0, (long) head * width, width));
    }

    @Test
    void aVisionTransformerHasCircuitsToo() {
        try (Scope scope = Scope.open()) {
            Network network = VitFamily.network(
                    new VitConfig(new ImageSize(2, 4, 6), 2, 8, 2, 2, 6, 3, Optional.empty()));
            Parameters a = model(network, 1);
            Parameters b = model(network, 2);
            Tensor images = Random.seeded(3).normal(DType.FLOAT64, 5, 2, 4, 6);
            assertThat(distance(network.forward(a, images), mixed(network, List.of(a, b), new double[] {1, 0}, images)))
                    .isLessThan(1e-12);
            assertThat(distance(network.forward(b, images), mixed(network, List.of(a, b), new double[] {0, 1}, images)))
                    .isLessThan(1e-12);
            // A basis of the queries and keys of one head, and of its values.
            Parameters moved = b.mapNamed((name, tensor) -> {
                double factor = name.contains("query") || name.contains("value") ? 2
                        : name.contains("key") || name.contains("attention.output.dense.weight") ? 0.5 : 1;
                return tensor.multiply(factor);
            });
            assertThat(distance(network.forward(b, images), network.forward(moved, images))).isLessThan(1e-12);
            Tensor circuits = mixed(network, List.of(a, b), BETWEEN, images);
            assertThat(distance(circuits, mixed(network, List.of(a, moved), BETWEEN, images))).isLessThan(1e-12);
            assertThat(distance(network.forward(a.lerp(b, BETWEEN[1]), images),
                    network.forward(a.lerp(moved, BETWEEN[1]), images))).isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            llama       | rotary positions stand between queries and keys
            qwen3       | rotary positions stand between queries and keys
            llama4_text | rotary positions stand between queries and keys
            """)
    void queriesAndKeysStayWhereSomethingStandsBetweenThem(String variant, String why) {
        JoinedHeads joined = SmallConfigs.network(SmallConfigs.of(variant)).joinedHeads(2);
        assertThat(((JoinedHeads.Wider) joined).kept()).contains(why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            olmoe       | queries, keys and values are clipped before they are multiplied
            deepseek_v3 | keys and values come from compressed vectors that are normalised, which differ between models
            """)
    void headsThatAreNoProductsOfWeightsAreRefused(String variant, String why) {
        JoinedHeads joined = SmallConfigs.network(SmallConfigs.of(variant)).joinedHeads(2);
        assertThat(joined).isEqualTo(new JoinedHeads.None(why));
    }
}

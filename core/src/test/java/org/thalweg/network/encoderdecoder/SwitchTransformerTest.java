package org.thalweg.network.encoderdecoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class SwitchTransformerTest {
    private static final int[] INPUTS = {3, 11, 0, 7, 2, 12, 5, 1, 1, 9};
    private static final int[] TARGETS = {0, 4, 4, 8, 10, 3, 6, 12, 2, 7};

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) JsonMapper.builder().build().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static ObjectNode small() {
        return json("{'vocab_size': 13, 'd_model': 10, 'd_kv': 3, 'd_ff': 7, 'num_heads': 4, 'num_experts': 5, "
                + "'num_layers': 4, 'num_decoder_layers': 2, 'num_sparse_encoder_layers': 2, "
                + "'num_sparse_decoder_layers': 1, 'relative_attention_num_buckets': 8, "
                + "'relative_attention_max_distance': 9}");
    }

    private static SwitchTransformer network(ObjectNode config) {
        return (SwitchTransformer) SmallConfigs.network(config.put("model_type", "switch_transformers"));
    }

    private static Tensor pair() {
        long[] ids = new long[2 * INPUTS.length];
        for (int i = 0; i < INPUTS.length; i++) {
            ids[i] = INPUTS[i];
            ids[INPUTS.length + i] = TARGETS[i];
        }
        return Tensor.of(ids, 1, 2, INPUTS.length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void logitsFollowTheFormulas(boolean tied) {
        try (Scope scope = Scope.open()) {
            SwitchTransformer network = network(small().put("tie_word_embeddings", tied));
            for (int seed = 0; seed < 3; seed++) {
                Parameters model =
                        DeclaredTensor.draw(network.tensors().values(), Random.seeded(seed)).to(DType.FLOAT64);
                double[][] expected = new PlainSwitch(model, 4, 8, 9, tied).logits(INPUTS, TARGETS);
                double[] found = network.forward(model, pair()).toDoubles();
                for (int token = 0; token < TARGETS.length; token++) {
                    for (int i = 0; i < 13; i++) {
                        assertThat(found[token * 13 + i]).as("token %d, logit %d", token, i)
                                .isCloseTo(expected[token][i], within(1e-10));
                    }
                }
                double[] coarse = network.forward(model.to(DType.FLOAT32), pair()).toDoubles();
                for (int i = 0; i < coarse.length; i++) {
                    assertThat(coarse[i]).isCloseTo(found[i], within(1e-4));
                }
            }
        }
    }

    @Test
    void stagesInTurnAreTheWholeAndReadOnlyTheirOwnTensors() {
        try (Scope scope = Scope.open()) {
            SwitchTransformer network = network(small());
            Parameters model = DeclaredTensor.draw(network.tensors().values(), Random.seeded(1));
            Tensor state = pair();
            for (int stage = 0; stage < network.stages(); stage++) {
                int now = stage;
                // Tensors of later stages are not needed; those of earlier ones may be, where several read them.
                Parameters known = model.filter(name -> network.stageOf(name) <= now);
                state = network.run(known, state, stage, stage + 1);
            }
            assertThat(state.sameAs(network.forward(model, pair()))).isTrue();
            assertThat(state.shape()).containsExactly(1, 10, 13);
        }
    }

    @Test
    void aPairDoesNotSeeItsNeighboursAndTheDecoderNotItsFuture() {
        try (Scope scope = Scope.open()) {
            SwitchTransformer network = network(small());
            Parameters model = DeclaredTensor.draw(network.tensors().values(), Random.seeded(2)).to(DType.FLOAT64);
            Tensor one = pair();
            long[] other = one.toLongs();
            other[0] = 5;
            other[other.length - 1] = 1;
            Tensor both = Tensor.concatenate(
                    List.of(one, Tensor.of(other, 1, 2, INPUTS.length)), 0);
            Tensor found = network.forward(model, both);
            assertThat(found.narrow(0, 0, 1).subtract(network.forward(model, one)).abs().max()).isLessThan(1e-12);
            long[] future = one.toLongs();
            future[future.length - 1] = 1;
            Tensor changed = network.forward(model, Tensor.of(future, 1, 2, INPUTS.length));
            Tensor difference = changed.subtract(network.forward(model, one)).abs(); // [1 tokens vocabulary]
            assertThat(difference.narrow(1, 0, 9).max()).isLessThan(1e-12);
            assertThat(difference.narrow(1, 9, 1).max()).isGreaterThan(1e-3);
        }
    }

    @Test
    void tensorsAndParametersAreAsManyAsPublished() {
        SwitchTransformer base8 = network(json("{'vocab_size': 32128, 'd_model': 768, 'd_kv': 64, 'd_ff': 3072, "
                + "'num_heads': 12, 'num_experts': 8, 'num_layers': 12, 'num_sparse_encoder_layers': 6, "
                + "'num_sparse_decoder_layers': 6, 'feed_forward_proj': 'relu'}"));
        assertThat(base8.tensors()).hasSize(437);
        assertThat(base8.tensors().values().stream()
                .mapToLong(tensor -> tensor.shape().stream().reduce(1L, Math::multiplyExact)).sum())
                .isEqualTo(619_339_008);
        assertThat(base8.config().encoder().indexOf(true)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 7, 23", "7, 0, 7", "0, 8, 24", "0, 15, 25", "0, 16, 26", "0, 31, 27", "0, 32, 28", "64, 0, 14",
        "63, 0, 13", "0, 500, 31", "500, 0, 15", "3, 3, 0"})
    void distancesOfAnEncoderFallIntoTheirBuckets(int from, int to, int bucket) {
        assertThat(new RelativePositions(32, 128).bucket(from, to, true)).isEqualTo(bucket);
    }

    @ParameterizedTest
    @CsvSource({"0, 5, 0", "15, 0, 15", "16, 0, 16", "20, 0, 17", "32, 0, 21", "128, 0, 31", "127, 0, 31"})
    void distancesOfADecoderFallIntoTheirBuckets(int from, int to, int bucket) {
        assertThat(new RelativePositions(32, 128).bucket(from, to, false)).isEqualTo(bucket);
    }

    @Test
    void sparseBlocksFollowTheStep() {
        assertThat(network(small()).config().encoder()).containsExactly(false, true, false, true);
        assertThat(network(small().put("num_sparse_encoder_layers", 4)).config().encoder()).doesNotContain(false);
        // The stock class means no sparse block by a step of as many blocks as there are, and gets one for two blocks.
        assertThat(network(small().put("num_sparse_decoder_layers", 0)).config().decoder())
                .containsExactly(false, true);
        assertThat(network(small().put("num_decoder_layers", 3).put("num_sparse_decoder_layers", 0)).config().decoder())
                .containsExactly(false, true, false);
    }

    @Test
    void aStepThatIsGivenCountsForMoreThanTheNumberOfSparseBlocks() {
        assertThat(network(small().put("encoder_sparse_step", 3)).config().encoder())
                .containsExactly(false, true, false, false);
        assertThat(network(small().put("decoder_sparse_step", 0)).config().decoder()).containsOnly(false);
    }

    @Test
    void aBodyWithoutHeadIsRefused() {
        ObjectNode body = small();
        body.putArray("architectures").add("SwitchTransformersModel");
        assertThatThrownBy(() -> network(body)).hasMessage("config.json of a switch_transformers model: 'architectures"
                + "' must be SwitchTransformersForConditionalGeneration, the only class computed here, found "
                + "[\"SwitchTransformersModel\"]");
    }

    @Test
    void wrongFieldsAreNamed() {
        assertThatThrownBy(() -> network(small().put("num_sparse_encoder_layers", -1)))
                .hasMessage("config.json of a switch_transformers model: 'num_sparse_encoder_layers' must be a whole "
                        + "number from 0 to 16777216, found -1");
        assertThatThrownBy(() -> network(small().put("num_layers", 5000)))
                .hasMessageContaining("'num_layers' must be at most 4096, found 5000");
        assertThatThrownBy(() -> network(small().put("num_experts", 100_000)))
                .hasMessage("config.json asks for 100000 experts in each of up to 6 blocks, more than 262144 in all");
        assertThatThrownBy(() -> network(small().put("relative_attention_max_distance", 4)))
                .hasMessage("config.json asks for 8 relative_attention_num_buckets up to distance 4 "
                        + "(relative_attention_max_distance); the first must be even and at least 4, the second more "
                        + "than half of it");
        try (Scope scope = Scope.open()) {
            SwitchTransformer network = network(small());
            Parameters model = DeclaredTensor.draw(network.tensors().values(), Random.seeded(3));
            assertThatThrownBy(() -> network.forward(model, Tensor.of(new long[] {0, 13}, 1, 2, 1)))
                    .hasMessage("the text has token 13 but the model's vocabulary has 13 tokens; use the tokenizer "
                            + "that belongs to the model");
            assertThatThrownBy(() -> network.stageOf("lm_head.weight"))
                    .hasMessage("no stage of this network reads a tensor 'lm_head.weight'");
        }
    }
}

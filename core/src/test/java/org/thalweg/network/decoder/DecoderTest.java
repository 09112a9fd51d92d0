package org.thalweg.network.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.Families;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class DecoderTest {
    private static final long[] IDS = {3, 11, 0, 7, 7, 2, 12, 5, 1, 9, 4, 4, 8, 6};

    static Set<String> families() {
        return SmallConfigs.families();
    }

    static Set<String> causalFamilies() {
        Set<String> families = new TreeSet<>(SmallConfigs.families());
        families.removeAll(Set.of("bert", "roberta"));
        return families;
    }

    @Test
    void bertSeesLaterTokens() {
        try (Scope scope = Scope.open()) {
            Decoder decoder = decoder("bert");
            Parameters parameters = decoder.initialise(Random.seeded(1)).to(DType.FLOAT64);
            long[] changed = IDS.clone();
            changed[6] = 10;
            Tensor difference = decoder.forward(parameters, ids(IDS))
                    .subtract(decoder.forward(parameters, ids(changed)));
            assertThat(difference.select(0, 0).select(0, 0).abs().max()).isGreaterThan(1e-3);
            assertThat(difference.select(0, 1).abs().max()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("causalFamilies")
    void laterTokensChangeNoEarlierLogit(String family) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = decoder(family);
            Parameters parameters = decoder.initialise(Random.seeded(1)).to(DType.FLOAT64);
            long[] changed = IDS.clone();
            changed[4] = 10;
            Tensor before = decoder.forward(parameters, ids(IDS));
            Tensor after = decoder.forward(parameters, ids(changed));
            assertThat(before.narrow(1, 0, 4).subtract(after.narrow(1, 0, 4)).abs().max()).isLessThan(1e-13);
            assertThat(before.select(1, 4).subtract(after.select(1, 4)).abs().max()).isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void stagesOneByOneGiveWhatTheWholeGives(String family) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = decoder(family);
            Parameters parameters = decoder.initialise(Random.seeded(2));
            Tensor state = ids(IDS);
            for (int stage = 0; stage < decoder.stages(); stage++) {
                state = decoder.run(parameters, state, stage, stage + 1);
            }
            Tensor whole = decoder.forward(parameters, ids(IDS));
            assertThat(state.sameAs(whole)).isTrue();
            assertThat(whole.shape()).containsExactly(2, IDS.length / 2, 13);
            assertThat(whole.isFinite()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyTensorMattersInItsStage(String family) {
        Decoder decoder = decoder(family);
        // An expert may get none of the few tokens, but not of every model.
        Set<String> idle = new TreeSet<>(decoder.tensors().keySet());
        for (int seed = 3; seed < 7; seed++) {
            idle.retainAll(withoutEffect(decoder, seed));
        }
        // Without rotation a key bias shifts all scores of a query alike, which softmax ignores.
        Set<String> expected = new TreeSet<>(decoder.tensors().keySet());
        expected.removeIf(name -> !name.endsWith("attention.self.key.bias")
                && !(family.equals("smollm3") && name.equals("model.layers.0.self_attn.k_proj.bias")));
        assertThat(idle).isEqualTo(expected);
    }

    /** Names of the tensors that may change without their stage giving anything else. */
    private static Set<String> withoutEffect(Decoder decoder, int seed) {
        try (Scope scope = Scope.open()) {
            Set<String> idle = new TreeSet<>();
            Parameters parameters = decoder.initialise(Random.seeded(seed)).to(DType.FLOAT64);
            List<Tensor> states = new ArrayList<>(List.of(ids(IDS)));
            for (int stage = 0; stage < decoder.stages(); stage++) {
                states.add(decoder.run(parameters, states.get(stage), stage, stage + 1));
            }
            for (DeclaredTensor tensor : decoder.tensors().values()) {
                int stage = decoder.stageOf(tensor.name());
                Tensor noise = Random.seeded(9).normal(DType.FLOAT64, tensor.lengths());
                Parameters changed = parameters.with(
                        Parameters.of(Map.of(tensor.name(), parameters.get(tensor.name()).add(noise))));
                Tensor after = decoder.run(changed, states.get(stage), stage, stage + 1);
                if (!(after.subtract(states.get(stage + 1)).abs().max() > 1e-6)) {
                    idle.add(tensor.name());
                }
            }
            return idle;
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void singlePrecisionStaysCloseToDouble(String family) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = decoder(family);
            Parameters parameters = decoder.initialise(Random.seeded(4));
            Tensor single = decoder.forward(parameters, ids(IDS)).to(DType.FLOAT64);
            Tensor precise = decoder.forward(parameters.to(DType.FLOAT64), ids(IDS));
            assertThat(single.subtract(precise).abs().max()).isCloseTo(0, within(1e-4 * precise.abs().max()));
        }
    }

    @Test
    void sharedExpertsWiderThanAnyModelAreRefused() {
        ObjectNode config = SmallConfigs.of("deepseek_v3")
                .put("moe_intermediate_size", 1 << 24).put("n_shared_experts", 1 << 24);
        assertThatThrownBy(() -> decoder(config)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("'n_shared_experts' must be at most 16777216 / 16777216, found 16777216");
    }

    @Test
    void rotaryPositionsThatFitNoHeadAreRefused() {
        ObjectNode brief = SmallConfigs.of("llama");
        brief.putObject("rope_scaling").put("type", "longrope").put("factor", 2)
                .put("original_max_position_embeddings", 8).put("short_factor", 3).putArray("long_factor").add(1.5);
        assertThatThrownBy(() -> decoder(brief)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("'rope_scaling.short_factor' must be an array of positive numbers, found 3");
        ((ObjectNode) brief.get("rope_scaling")).putArray("short_factor").add(1.0);
        refusedWhenRun(brief, "'rope_scaling.short_factor' must be an array of 2 positive numbers, one for each pair, "
                + "found [1.0]");
        assertThatThrownBy(() -> decoder(SmallConfigs.of("llama").put("head_dim", 5))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("5 coordinates in heads of width 5; it must be an even number from 2");
        for (double share : new double[] {-1, 0, 1e-3, 1.5, 1e300}) {
            assertThatThrownBy(() -> decoder(SmallConfigs.of("gpt_neox").put("rotary_pct", share)
                    .put("partial_rotary_factor", share))).as("%s", share).isInstanceOf(WorkFailure.class);
        }
    }

    /** A model that is drawn, and whose network is refused when it runs. */
    private static void refusedWhenRun(ObjectNode config, String refusal) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = decoder(config);
            Parameters parameters = decoder.initialise(Random.seeded(1));
            assertThatThrownBy(() -> decoder.forward(parameters, ids(IDS))).isInstanceOf(WorkFailure.class)
                    .hasMessageContaining(refusal);
        }
    }

    @Test
    void unknownFamilyIsNamedWithWhatItNeeds() {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "mamba");
        assertThatThrownBy(() -> Families.of(config)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("config.json says model_type 'mamba', which is none of the families ")
                .hasMessageContaining(" bert, deepseek, ");
        assertThatThrownBy(() -> Families.of(JsonNodeFactory.instance.objectNode()))
                .hasMessageStartingWith("config.json has no 'model_type', so the family is unknown; add one of ")
                .hasMessageEndingWith(", or give a specification file that describes the architecture");
    }

    @Test
    void wrongExpertsOfGpt2AreNamed() {
        ObjectNode config = SmallConfigs.of("gpt2-moe");
        ((ObjectNode) config.get("moe")).putArray("layers").add(2);
        assertThatThrownBy(() -> decoder(config)).hasMessageStartingWith("config.json of a gpt2-moe model: 'moe' must "
                + "be an object whose layers are numbers from 0 to 1, found {\"layers\":[2]");
        ObjectNode deep = SmallConfigs.of("gpt2-moe");
        ArrayNode hidden = ((ObjectNode) deep.get("moe")).putArray("expert_hidden_sizes");
        IntStream.range(0, 17).forEach(_ -> hidden.add(2));
        assertThatThrownBy(() -> decoder(deep)).hasMessageContaining(
                "'moe' must be an object whose experts have at most 16 hidden layers, found {");
        assertThatThrownBy(() -> decoder(without("gpt2-moe", "moe"))).hasMessage("config.json of a gpt2-moe model: "
                + "'moe' must be an object that says which layers hold which experts, but it is missing");
    }

    @Test
    void wrongFieldsAreNamed() {
        assertThatThrownBy(() -> decoder(SmallConfigs.of("llama").put("hidden_size", "many"))).hasMessage(
                "config.json of a llama model: 'hidden_size' must be a whole number from 1 to 16777216, "
                        + "found \"many\"");
        assertThatThrownBy(() -> decoder(SmallConfigs.of("mixtral").put("num_experts_per_tok", 5)))
                .hasMessage("config.json asks for 5 experts for each token but there are 4");
        assertThatThrownBy(() -> decoder(SmallConfigs.of("mixtral").put("num_local_experts", 1 << 20)))
                .hasMessage("config.json asks for 1048576 experts in each of 2 layers, more than 262144 in all");
        assertThatThrownBy(() -> decoder(SmallConfigs.of("llama").put("hidden_act", "quick")))
                .hasMessage("config.json of a llama model: 'hidden_act' must be one of silu, gelu, gelu_new, "
                        + "gelu_pytorch_tanh and relu, found \"quick\"");
        ObjectNode unknown = SmallConfigs.of("mixtral");
        unknown.putObject("rope_scaling").put("type", "spiral");
        try (Scope scope = Scope.open()) {
            Decoder spiral = decoder(unknown);
            Parameters parameters = spiral.initialise(Random.seeded(1));
            assertThatThrownBy(() -> spiral.forward(parameters, ids(IDS))).hasMessage("config.json of a mixtral "
                    + "model: 'rope_scaling.type' "
                    + "must be default, linear, dynamic, llama3, yarn or longrope, found \"spiral\"");
        }
    }

    @Test
    void textsThatDoNotFitAreRefused() {
        try (Scope scope = Scope.open()) {
            Decoder decoder = decoder("gpt2");
            Parameters parameters = decoder.initialise(Random.seeded(6));
            assertThatThrownBy(() -> decoder.forward(parameters, Tensor.of(new long[] {13}, 1, 1)))
                    .hasMessage("the text has token 13 but the model's vocabulary has 13 tokens; use the tokenizer "
                            + "that belongs to the model");
            assertThatThrownBy(() -> decoder.forward(parameters, Tensor.of(new long[10], 1, 10)))
                    .hasMessage("the text has 10 tokens but the model has positions for 9; shorten it");
            assertThatThrownBy(() -> decoder.require(parameters.filter(name -> !name.endsWith("ln_f.bias"))))
                    .hasMessage("the checkpoint has no tensor 'transformer.ln_f.bias' [16] which its config.json "
                            + "asks for");
            assertThatThrownBy(() -> decoder.stageOf("lm_head.weight"))
                    .hasMessage("no stage of this network reads a tensor 'lm_head.weight'");
        }
    }

    private static Decoder decoder(String family) {
        return decoder(SmallConfigs.of(family));
    }

    private static Decoder decoder(ObjectNode config) {
        return SmallConfigs.decoder(config);
    }

    private static ObjectNode without(String family, String key) {
        ObjectNode config = SmallConfigs.of(family);
        config.remove(key);
        return config;
    }

    private static Tensor ids(long[] ids) {
        return Tensor.of(ids, 2, ids.length / 2);
    }

}

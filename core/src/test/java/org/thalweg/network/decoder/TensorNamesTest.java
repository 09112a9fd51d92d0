package org.thalweg.network.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Names and shapes of initial models against tables of the published ones. V vocabulary, H residual, q and k widths of
 * all query and key heads, D head, I dense width, M expert width, S shared width, E experts, C and Q compressed widths;
 * {@code *} layers of either kind, {@code d} dense, {@code s} sparse, {@code e} every expert of sparse layers.
 */
class TensorNamesTest {
    private static final String ENDS = """
        - model.embed_tokens.weight V H
        - model.norm.weight H
        """;
    private static final String HEAD = "- lm_head.weight V H\n";
    private static final String NORMS = """
        * input_layernorm.weight H
        * post_attention_layernorm.weight H
        """;
    private static final String ATTENTION = NORMS + """
        * self_attn.q_proj.weight q H
        * self_attn.k_proj.weight k H
        * self_attn.v_proj.weight k H
        * self_attn.o_proj.weight H q
        """;
    private static final String DENSE = """
        d mlp.gate_proj.weight I H
        d mlp.up_proj.weight I H
        d mlp.down_proj.weight H I
        """;
    private static final String EXPERTS = """
        s mlp.gate.weight E H
        e mlp.experts.{e}.gate_proj.weight M H
        e mlp.experts.{e}.up_proj.weight M H
        e mlp.experts.{e}.down_proj.weight H M
        """;
    private static final String SHARED = """
        s mlp.shared_experts.gate_proj.weight S H
        s mlp.shared_experts.up_proj.weight S H
        s mlp.shared_experts.down_proj.weight H S
        """;
    private static final String LATENT = NORMS + """
        * self_attn.kv_a_proj_with_mqa.weight 11 H
        * self_attn.kv_a_layernorm.weight C
        * self_attn.kv_b_proj.weight 32 C
        * self_attn.o_proj.weight H 20
        """;
    private static final String LLAMA4 = ENDS + HEAD + ATTENTION + """
        d feed_forward.gate_proj.weight I H
        d feed_forward.up_proj.weight I H
        d feed_forward.down_proj.weight H I
        s feed_forward.router.weight E H
        s feed_forward.experts.gate_up_proj E H 20
        s feed_forward.experts.down_proj E M H
        s feed_forward.shared_expert.gate_proj.weight S H
        s feed_forward.shared_expert.up_proj.weight S H
        s feed_forward.shared_expert.down_proj.weight H S
        """;
    private static final String GPT2 = """
        - transformer.wte.weight V H
        - transformer.wpe.weight 9 H
        - transformer.ln_f.weight H
        - transformer.ln_f.bias H
        * ln_1.weight H
        * ln_1.bias H
        * attn.c_attn.weight H 48
        * attn.c_attn.bias 48
        * attn.c_proj.weight H H
        * attn.c_proj.bias H
        * ln_2.weight H
        * ln_2.bias H
        d mlp.c_fc.weight H 64
        d mlp.c_fc.bias 64
        d mlp.c_proj.weight 64 H
        d mlp.c_proj.bias H
        """;
    private static final String GPT2_EXPERTS = """
        s moe.gate.weight 4 H
        s moe.gate.bias 4
        s moe.experts.0.dense.0.weight 6 H
        s moe.experts.0.dense.0.bias 6
        s moe.experts.0.dense.1.weight H 6
        s moe.experts.0.dense.1.bias H
        s moe.experts.1.dense.0.weight 6 H
        s moe.experts.1.dense.0.bias 6
        s moe.experts.1.dense.1.weight H 6
        s moe.experts.1.dense.1.bias H
        s moe.experts.2.dense.0.weight 6 H
        s moe.experts.2.dense.0.bias 6
        s moe.experts.2.dense.1.weight H 6
        s moe.experts.2.dense.1.bias H
        s moe.experts.3.dense.0.weight 6 H
        s moe.experts.3.dense.0.bias 6
        s moe.experts.3.dense.1.weight H 6
        s moe.experts.3.dense.1.bias H
        """;

    private static final Map<String, String> PUBLISHED = Map.ofEntries(
            Map.entry("llama", ENDS + HEAD + ATTENTION + DENSE),
            Map.entry("mistral", ENDS + ATTENTION + DENSE),
            Map.entry("gpt2", GPT2),
            Map.entry("gpt2-moe", GPT2 + GPT2_EXPERTS),
            Map.entry("bert", """
                - bert.embeddings.word_embeddings.weight V H
                - bert.embeddings.position_embeddings.weight 9 H
                - bert.embeddings.token_type_embeddings.weight 2 H
                - bert.embeddings.LayerNorm.weight H
                - bert.embeddings.LayerNorm.bias H
                - cls.predictions.bias V
                - cls.predictions.transform.dense.weight H H
                - cls.predictions.transform.dense.bias H
                - cls.predictions.transform.LayerNorm.weight H
                - cls.predictions.transform.LayerNorm.bias H
                * attention.self.query.weight H H
                * attention.self.query.bias H
                * attention.self.key.weight H H
                * attention.self.key.bias H
                * attention.self.value.weight H H
                * attention.self.value.bias H
                * attention.output.dense.weight H H
                * attention.output.dense.bias H
                * attention.output.LayerNorm.weight H
                * attention.output.LayerNorm.bias H
                * intermediate.dense.weight I H
                * intermediate.dense.bias I
                * output.dense.weight H I
                * output.dense.bias H
                * output.LayerNorm.weight H
                * output.LayerNorm.bias H
                """),
            Map.entry("mixtral", ENDS + HEAD + ATTENTION + """
                s block_sparse_moe.gate.weight E H
                e block_sparse_moe.experts.{e}.w1.weight M H
                e block_sparse_moe.experts.{e}.w2.weight H M
                e block_sparse_moe.experts.{e}.w3.weight M H
                """),
            Map.entry("qwen2_moe", ENDS + HEAD + ATTENTION + DENSE + EXPERTS + """
                * self_attn.q_proj.bias q
                * self_attn.k_proj.bias k
                * self_attn.v_proj.bias k
                s mlp.shared_expert.gate_proj.weight S H
                s mlp.shared_expert.up_proj.weight S H
                s mlp.shared_expert.down_proj.weight H S
                s mlp.shared_expert_gate.weight 1 H
                """),
            Map.entry("qwen3_moe", ENDS + HEAD + ATTENTION + DENSE + EXPERTS + """
                * self_attn.q_norm.weight D
                * self_attn.k_norm.weight D
                """),
            Map.entry("olmoe", ENDS + HEAD + ATTENTION + EXPERTS + """
                * self_attn.q_norm.weight q
                * self_attn.k_norm.weight k
                """),
            Map.entry("deepseek", ENDS + HEAD + ATTENTION + DENSE + EXPERTS + SHARED),
            Map.entry("deepseek_v2", ENDS + HEAD + LATENT + DENSE + EXPERTS + SHARED + """
                * self_attn.q_proj.weight 28 H
                """),
            Map.entry("deepseek_v3", ENDS + HEAD + LATENT + DENSE + EXPERTS + SHARED + """
                * self_attn.q_a_proj.weight Q H
                * self_attn.q_a_layernorm.weight Q
                * self_attn.q_b_proj.weight 28 Q
                s mlp.gate.e_score_correction_bias E
                """),
            Map.entry("gpt_oss", ENDS + HEAD + ATTENTION + """
                * self_attn.q_proj.bias q
                * self_attn.k_proj.bias k
                * self_attn.v_proj.bias k
                * self_attn.o_proj.bias H
                * self_attn.sinks 4
                s mlp.router.weight E H
                s mlp.router.bias E
                s mlp.experts.gate_up_proj E H 20
                s mlp.experts.gate_up_proj_bias E 20
                s mlp.experts.down_proj E M H
                s mlp.experts.down_proj_bias E H
                """),
            Map.entry("llama4_text", LLAMA4),
            Map.entry("llama4", LLAMA4));

    static Set<String> families() {
        return SmallConfigs.families();
    }

    @ParameterizedTest
    @MethodSource("families")
    void initialModelsHaveThePublishedNamesAndShapes(String family) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = DecoderFamily.decoder(SmallConfigs.of(family), Set.of());
            Parameters parameters = decoder.initialise(Random.seeded(1));
            Map<String, List<Long>> found = new TreeMap<>();
            parameters.asMap().forEach((name, tensor) -> found.put(name, Arrays.stream(tensor.shape())
                    .boxed().toList()));
            assertThat(found).isEqualTo(expanded(family, decoder.config()));
        }
    }

    private static Map<String, List<Long>> expanded(String family, DecoderConfig config) {
        Map<String, List<Long>> result = new TreeMap<>();
        Map<String, Long> letters = letters(config);
        String prefix = family.equals("llama4") ? "language_model." : "";
        String layerPrefix = prefix + switch (family) {
            case "gpt2", "gpt2-moe" -> "transformer.h.";
            case "bert" -> "bert.encoder.layer.";
            default -> "model.layers.";
        };
        for (String line : PUBLISHED.get(family).lines().toList()) {
            String[] words = line.split(" ");
            List<Long> shape = new ArrayList<>();
            for (int i = 2; i < words.length; i++) {
                Long length = letters.get(words[i]);
                shape.add(length == null ? Long.parseLong(words[i]) : length);
            }
            if (words[0].equals("-")) {
                result.put(prefix + words[1], shape);
                continue;
            }
            for (int layer = 0; layer < config.layers().size(); layer++) {
                boolean sparse = config.layers().get(layer).sparse();
                if (words[0].equals("*") || words[0].equals("d") != sparse) {
                    int copies = words[0].equals("e") ? config.experts().orElseThrow().count() : 1;
                    for (int e = 0; e < copies; e++) {
                        result.put(layerPrefix + layer + "." + words[1].replace("{e}", "" + e), shape);
                    }
                }
            }
        }
        return result;
    }

    private static Map<String, Long> letters(DecoderConfig config) {
        Map<String, Long> letters = new LinkedHashMap<>(Map.of("V", 13L, "H", 16L, "C", 7L, "Q", 5L));
        letters.put("I", (long) config.dense().width());
        if (config.attention() instanceof Attention.Grouped grouped) {
            letters.put("D", (long) grouped.headDim());
            letters.put("q", 4L * grouped.headDim());
            letters.put("k", 2L * grouped.headDim());
        }
        config.experts().ifPresent(experts -> {
            letters.put("E", (long) experts.count());
            letters.put("M", (long) experts.width());
            experts.shared().ifPresent(shared -> letters.put("S", (long) shared.width()));
        });
        return letters;
    }
}

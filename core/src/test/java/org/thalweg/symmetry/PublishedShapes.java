package org.thalweg.symmetry;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Names and shapes of published families, for any sizes. Each line: where (model, layer, …), name, lengths. */
final class PublishedShapes {
    private static final String LLAMA = """
            model model.embed_tokens.weight V H
            layer input_layernorm.weight H
            layer self_attn.q_proj.weight qh*D H
            layer self_attn.k_proj.weight kh*D H
            layer self_attn.v_proj.weight kh*D H
            layer self_attn.o_proj.weight H qh*D
            layer post_attention_layernorm.weight H
            model model.norm.weight H
            model lm_head.weight V H
            """;
    private static final String DENSE = """
            dense mlp.gate_proj.weight I H
            dense mlp.up_proj.weight I H
            dense mlp.down_proj.weight H I
            """;
    private static final String EXPERTS = """
            moe mlp.gate.weight E H
            moe mlp.experts.{e}.gate_proj.weight M H
            moe mlp.experts.{e}.up_proj.weight M H
            moe mlp.experts.{e}.down_proj.weight H M
            """;
    private static final String FUSED = """
            moe mlp.gate.weight E H
            moe mlp.experts.gate_up_proj E 2*M H
            moe mlp.experts.down_proj E H M
            """;
    private static final String SHORT = """
            moe block_sparse_moe.gate.weight E H
            moe block_sparse_moe.experts.{e}.w1.weight M H
            moe block_sparse_moe.experts.{e}.w2.weight H M
            moe block_sparse_moe.experts.{e}.w3.weight M H
            """;
    private static final String BIASES = """
            layer self_attn.q_proj.bias qh*D
            layer self_attn.k_proj.bias kh*D
            layer self_attn.v_proj.bias kh*D
            """;
    private static final String SHARED = """
            moe mlp.shared_experts.gate_proj.weight S H
            moe mlp.shared_experts.up_proj.weight S H
            moe mlp.shared_experts.down_proj.weight H S
            """;
    private static final String GATED_SHARED = SHARED.replace("experts", "expert") + """
            moe mlp.shared_expert_gate.weight 1 H
            """;
    private static final String LATENT = """
            model model.embed_tokens.weight V H
            layer input_layernorm.weight H
            layer self_attn.kv_a_proj_with_mqa.weight C+r H
            layer self_attn.kv_a_layernorm.weight C
            layer self_attn.kv_b_proj.weight qh*n+qh*v C
            layer self_attn.o_proj.weight H qh*v
            layer post_attention_layernorm.weight H
            model model.norm.weight H
            model lm_head.weight V H
            """;
    private static final String LOW_RANK = """
            layer self_attn.q_a_proj.weight Q H
            layer self_attn.q_a_layernorm.weight Q
            layer self_attn.q_b_proj.weight qh*n+qh*r Q
            """;

    private static final String SINKS = """
            layer self_attn.o_proj.bias H
            layer self_attn.sinks qh
            moe mlp.router.weight E H
            moe mlp.router.bias E
            moe mlp.experts.gate_up_proj E H 2*M
            moe mlp.experts.gate_up_proj_bias E 2*M
            moe mlp.experts.down_proj E M H
            moe mlp.experts.down_proj_bias E H
            """;
    private static final String FEED_FORWARD = """
            dense feed_forward.gate_proj.weight I H
            dense feed_forward.up_proj.weight I H
            dense feed_forward.down_proj.weight H I
            moe feed_forward.router.weight E H
            moe feed_forward.experts.gate_up_proj E H 2*M
            moe feed_forward.experts.down_proj E M H
            moe feed_forward.shared_expert.gate_proj.weight S H
            moe feed_forward.shared_expert.up_proj.weight S H
            moe feed_forward.shared_expert.down_proj.weight H S
            """;

    private static final String SWITCH = """
            model shared.weight V H
            model encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight B heads
            model encoder.final_layer_norm.weight H
            layer encoder.block.{l}.layer.0.layer_norm.weight H
            layer encoder.block.{l}.layer.0.SelfAttention.q.weight A H
            layer encoder.block.{l}.layer.0.SelfAttention.k.weight A H
            layer encoder.block.{l}.layer.0.SelfAttention.v.weight A H
            layer encoder.block.{l}.layer.0.SelfAttention.o.weight H A
            layer encoder.block.{l}.layer.1.layer_norm.weight H
            even encoder.block.{l}.layer.1.mlp.wi.weight I H
            even encoder.block.{l}.layer.1.mlp.wo.weight H I
            odd encoder.block.{l}.layer.1.mlp.router.classifier.weight E H
            odd encoder.block.{l}.layer.1.mlp.experts.expert_{e}.wi.weight I H
            odd encoder.block.{l}.layer.1.mlp.experts.expert_{e}.wo.weight H I
            model decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight B heads
            model decoder.final_layer_norm.weight H
            layer decoder.block.{l}.layer.0.layer_norm.weight H
            layer decoder.block.{l}.layer.0.SelfAttention.q.weight A H
            layer decoder.block.{l}.layer.0.SelfAttention.k.weight A H
            layer decoder.block.{l}.layer.0.SelfAttention.v.weight A H
            layer decoder.block.{l}.layer.0.SelfAttention.o.weight H A
            layer decoder.block.{l}.layer.1.layer_norm.weight H
            layer decoder.block.{l}.layer.1.EncDecAttention.q.weight A H
            layer decoder.block.{l}.layer.1.EncDecAttention.k.weight A H
            layer decoder.block.{l}.layer.1.EncDecAttention.v.weight A H
            layer decoder.block.{l}.layer.1.EncDecAttention.o.weight H A
            layer decoder.block.{l}.layer.2.layer_norm.weight H
            even decoder.block.{l}.layer.2.mlp.wi.weight I H
            even decoder.block.{l}.layer.2.mlp.wo.weight H I
            odd decoder.block.{l}.layer.2.mlp.router.classifier.weight E H
            odd decoder.block.{l}.layer.2.mlp.experts.expert_{e}.wi.weight I H
            odd decoder.block.{l}.layer.2.mlp.experts.expert_{e}.wo.weight H I
            """;
    private static final String BERT = """
            model bert.embeddings.word_embeddings.weight V H
            model bert.embeddings.position_embeddings.weight P H
            model bert.embeddings.token_type_embeddings.weight 2 H
            model bert.embeddings.LayerNorm.weight H
            model bert.embeddings.LayerNorm.bias H
            layer bert.encoder.layer.{l}.attention.self.query.weight H H
            layer bert.encoder.layer.{l}.attention.self.query.bias H
            layer bert.encoder.layer.{l}.attention.self.key.weight H H
            layer bert.encoder.layer.{l}.attention.self.key.bias H
            layer bert.encoder.layer.{l}.attention.self.value.weight H H
            layer bert.encoder.layer.{l}.attention.self.value.bias H
            layer bert.encoder.layer.{l}.attention.output.dense.weight H H
            layer bert.encoder.layer.{l}.attention.output.dense.bias H
            layer bert.encoder.layer.{l}.intermediate.dense.weight I H
            layer bert.encoder.layer.{l}.intermediate.dense.bias I
            layer bert.encoder.layer.{l}.output.dense.weight H I
            layer bert.encoder.layer.{l}.output.dense.bias H
            layer bert.encoder.layer.{l}.attention.output.LayerNorm.weight H
            layer bert.encoder.layer.{l}.attention.output.LayerNorm.bias H
            layer bert.encoder.layer.{l}.output.LayerNorm.weight H
            layer bert.encoder.layer.{l}.output.LayerNorm.bias H
            model bert.pooler.dense.weight H H
            model bert.pooler.dense.bias H
            """;
    private static final String MASKED = """
            model cls.predictions.transform.dense.weight H H
            model cls.predictions.transform.dense.bias H
            model cls.predictions.transform.LayerNorm.weight H
            model cls.predictions.transform.LayerNorm.bias H
            model cls.predictions.bias V
            """;

    private static final String MLP = """
            model fc.0.weight M H
            model fc.0.bias M
            model fc.1.weight I M
            model fc.1.bias I
            model fc.2.weight V I
            model fc.2.bias V
            """;

    static final String GPT2 = """
            model transformer.wte.weight V H
            model transformer.wpe.weight P H
            layer ln_1.weight H
            layer ln_1.bias H
            layer attn.c_attn.weight H 3*H
            layer attn.c_attn.bias 3*H
            layer attn.c_proj.weight H H
            layer attn.c_proj.bias H
            layer ln_2.weight H
            layer ln_2.bias H
            layer mlp.c_fc.weight H I
            layer mlp.c_fc.bias I
            layer mlp.c_proj.weight I H
            layer mlp.c_proj.bias H
            model transformer.ln_f.weight H
            model transformer.ln_f.bias H
            """;

    private PublishedShapes() {}

    static String table(String family) {
        return switch (family) {
            case "gpt2" -> GPT2;
            case "gpt2-untied" -> GPT2 + "model lm_head.weight V H\n";
            case "llama" -> LLAMA + DENSE;
            case "mixtral" -> LLAMA + SHORT;
            case "mixtral-fused" -> LLAMA + FUSED;
            case "qwen2-moe" -> LLAMA + BIASES + DENSE + EXPERTS + GATED_SHARED;
            case "qwen3-moe" -> LLAMA + "layer self_attn.q_norm.weight D\nlayer self_attn.k_norm.weight D\n"
                    + DENSE + EXPERTS;
            case "olmoe" -> LLAMA + "layer self_attn.q_norm.weight qh*D\nlayer self_attn.k_norm.weight kh*D\n"
                    + EXPERTS;
            case "deepseek-moe" -> LLAMA + DENSE + EXPERTS + SHARED;
            case "deepseek-v2-lite" -> LATENT + "layer self_attn.q_proj.weight qh*n+qh*r H\n" + DENSE + EXPERTS
                    + SHARED;
            case "deepseek-v2" -> LATENT + LOW_RANK + DENSE + EXPERTS + SHARED;
            case "deepseek-v3" -> LATENT + LOW_RANK + DENSE + EXPERTS + SHARED
                    + "moe mlp.gate.e_score_correction_bias E\n";
            case "deepseek-v3-fused" -> LATENT + LOW_RANK + DENSE + FUSED + SHARED
                    + "moe mlp.gate.e_score_correction_bias E\n";
            case "gpt-oss" -> LLAMA + BIASES + SINKS;
            case "mlp" -> MLP;
            case "switch" -> SWITCH;
            case "bert" -> BERT;
            case "bert-masked" -> BERT + MASKED;
            case "llama4" -> LLAMA + FEED_FORWARD;
            default -> throw new IllegalArgumentException(family);
        };
    }

    /** Sizes from text such as {@code "V=32000 H=4096"}. */
    static Map<String, Integer> sizes(String text) {
        return Arrays.stream(text.split(" ")).map(entry -> entry.split("="))
                .collect(Collectors.toMap(entry -> entry[0], entry -> Integer.parseInt(entry[1])));
    }

    /** Names with shapes; of L layers the first F are dense (all when there are no experts). */
    static Map<String, long[]> shapes(String family, Map<String, Integer> sizes) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        String stem = family.startsWith("gpt2") ? "transformer.h." : "model.layers.";
        for (String line : table(family).lines().toList()) {
            String[] words = line.split(" ");
            long[] shape = Arrays.stream(words, 2, words.length).mapToLong(word -> length(word, sizes)).toArray();
            if (words[0].equals("model")) {
                shapes.put(words[1], shape);
                continue;
            }
            for (int layer : layers(words[0], sizes)) {
                for (int e = 0; e < (words[1].contains("{e}") ? sizes.get("E") : 1); e++) {
                    String name = words[1].replace("{e}", String.valueOf(e)).replace("{l}", String.valueOf(layer));
                    shapes.put(words[1].contains("{l}") ? name : stem + layer + "." + name, shape);
                }
            }
        }
        return shapes;
    }

    static Set<Integer> layers(String where, Map<String, Integer> sizes) {
        int all = sizes.get("L");
        int dense = sizes.containsKey("E") ? sizes.getOrDefault("F", 0) : all;
        return new TreeSet<>(switch (where) {
            case "dense" -> IntStream.range(0, dense).boxed().toList();
            case "moe" -> IntStream.range(dense, all).boxed().toList();
            case "even" -> IntStream.range(0, all).filter(layer -> layer % 2 == 0).boxed().toList();
            case "odd" -> IntStream.range(0, all).filter(layer -> layer % 2 == 1).boxed().toList();
            default -> IntStream.range(0, all).boxed().toList();
        });
    }

    private static long length(String text, Map<String, Integer> sizes) {
        long sum = 0;
        for (String product : text.split("\\+")) {
            long value = 1;
            for (String factor : product.split("\\*")) {
                value *= factor.matches("[0-9]+") ? Integer.parseInt(factor) : sizes.get(factor);
            }
            sum += value;
        }
        return sum;
    }

    /** Conditions as a configuration of these sizes gives them. */
    static Conditions conditions(Map<String, Integer> sizes, String... flags) {
        int heads = sizes.getOrDefault("qh", sizes.getOrDefault("heads", 1));
        int groups = sizes.getOrDefault("kh", heads);
        return new Conditions(
                Set.of(flags),
                ranges(sizes),
                Map.of("heads", heads, "kv-groups", groups, "heads-per-group", heads / groups,
                        "plain", sizes.getOrDefault("n", 1), "rotary", sizes.getOrDefault("r", 2),
                        "expert-groups", sizes.getOrDefault("G", 1)));
    }

    private static Map<String, Set<Integer>> ranges(Map<String, Integer> sizes) {
        Map<String, Set<Integer>> ranges = new LinkedHashMap<>();
        ranges.put("layers", layers("layer", sizes));
        ranges.put("dense-layers", layers("dense", sizes));
        ranges.put("moe-layers", layers("moe", sizes));
        ranges.put("next-token-layers", Set.of());
        for (String stack : List.of("encoder", "decoder")) {
            ranges.put(stack + "-blocks", layers("layer", sizes));
            ranges.put(stack + "-dense", layers("even", sizes));
            ranges.put(stack + "-sparse", layers("odd", sizes));
        }
        ranges.put("inner-maps", Set.of(1));
        ranges.put("last-map", Set.of(2));
        return ranges;
    }

    /** Normal numbers in float64 for every tensor; normalisation gains around 1. */
    static Parameters random(Map<String, long[]> shapes, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            Tensor normal = random.normal(DType.FLOAT64, shape);
            double size = shape.length == 1 ? 1 : 1.5 / Math.sqrt(shape[shape.length - 1]);
            boolean gain = name.contains("norm") || name.endsWith("LayerNorm.weight")
                    || name.matches(".*ln_.\\.weight");
            tensors.put(name, gain ? normal.multiply(0.3).add(1) : normal.multiply(size));
        });
        return Parameters.of(tensors);
    }
}

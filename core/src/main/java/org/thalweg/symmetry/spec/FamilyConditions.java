package org.thalweg.symmetry.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;

/**
 * Which built-in specification a published model has, and what it needs to know of the model's {@code config.json}.
 * What the tensors' names already show (biases, fused experts, an untied head) is taken from them.
 *
 * @param specification name for {@link ArchitectureSpec#builtIn}
 * @param conditions for {@link ArchitectureSpec#bind}
 */
public record FamilyConditions(String specification, Conditions conditions) {
    private static final Map<String, String> SPECIFICATIONS = Map.ofEntries(
            Map.entry("mlp", "mlp"), Map.entry("switch_transformers", "switch"),
            Map.entry("llama", "llama"), Map.entry("mistral", "llama"), Map.entry("gpt2", "gpt2"),
            Map.entry("gpt2-moe", "gpt2-moe"),
            Map.entry("bert", "bert"), Map.entry("mixtral", "mixtral"), Map.entry("qwen2_moe", "qwen2-moe"),
            Map.entry("qwen3_moe", "qwen3-moe"), Map.entry("olmoe", "olmoe"), Map.entry("deepseek", "deepseek-moe"),
            Map.entry("deepseek_v2", "deepseek-v2"), Map.entry("deepseek_v3", "deepseek-v3"),
            Map.entry("gpt_oss", "gpt-oss"), Map.entry("llama4_text", "llama4"),
            Map.entry("llama4", "llama4"));

    /** What an absent num_key_value_heads means in Hugging Face's classes; elsewhere as many as heads. */
    private static final Map<String, Integer> KEY_HEADS =
            Map.of("mistral", 8, "mixtral", 8, "qwen3_moe", 4, "gpt_oss", 8, "llama4_text", 8);

    /**
     * Reads a configuration.
     *
     * @param config the model's {@code config.json}; not changed
     * @param tensors names of the model's tensors; not changed
     * @return specification and conditions
     * @throws WorkFailure naming the field, when the family is unknown or a field is missing
     */
    public static FamilyConditions of(JsonNode config, Set<String> tensors) {
        String type = config.path("model_type").asText();
        String specification = SPECIFICATIONS.get(type);
        if (specification == null) {
            throw new WorkFailure("config.json has the model_type '" + type + "', for which no architecture comes with "
                    + "Thalweg (there are " + String.join(", ", new TreeSet<>(SPECIFICATIONS.keySet()))
                    + "); name a specification file.");
        }
        return new FamilyConditions(specification, switch (type) {
            case "mlp" -> StackConditions.mlp(config);
            case "switch_transformers" -> StackConditions.switchTransformer(config, tensors);
            case "llama4" -> withVision(config, tensors);
            default -> decoder(type, config, tensors);
        });
    }

    private static Conditions decoder(String type, JsonNode config, Set<String> tensors) {
        return new Conditions(flags(type, config, tensors), ranges(type, config, tensors), sizes(type, config));
    }

    /** Of the text model inside, whose tensors have a prefix. */
    private static Conditions withVision(JsonNode config, Set<String> tensors) {
        JsonNode text = config.path("text_config");
        if (!text.isObject()) {
            throw new WorkFailure("config.json of a llama4 model needs the object 'text_config' but has "
                    + (text.isMissingNode() ? "none" : text.toString()) + ".");
        }
        String prefix = "language_model.";
        Conditions inner = decoder("llama4_text", text, tensors.stream().filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length())).collect(Collectors.toSet()));
        Set<String> flags = new HashSet<>(inner.flags());
        addIf(flags, "vision", tensors.contains("multi_modal_projector.linear_1.weight"));
        return new Conditions(flags, inner.ranges(), inner.sizes());
    }

    private static Set<String> flags(String type, JsonNode config, Set<String> tensors) {
        Set<String> flags = new HashSet<>();
        Map<String, String> signs = Map.of(
                "attention-biases", "self_attn.q_proj.bias", "output-bias", "self_attn.o_proj.bias",
                "mlp-biases", "mlp.down_proj.bias", "short-names", "block_sparse_moe.gate.weight",
                "fused-experts", "mlp.experts.gate_up_proj", "low-rank-queries", "self_attn.q_b_proj.weight",
                "shared-expert", "mlp.shared_expert.up_proj.weight", "correction-bias", "e_score_correction_bias",
                "pooler", "bert.pooler.dense.weight", "masked-language-head", "cls.predictions.bias");
        signs.forEach((flag, ending) -> addIf(flags, flag, tensors.stream().anyMatch(name -> name.endsWith(ending))));
        addIf(flags, "shared-experts", tensors.stream().anyMatch(name -> name.contains(".shared_expert")));
        addIf(flags, "untied-head", tensors.contains("lm_head.weight")
                && !config.path("tie_word_embeddings").asBoolean(isGpt2(type) || type.equals("bert")));
        addIf(flags, "absolute-router", type.equals("deepseek_v3")
                || config.path("scoring_func").asText().equals("sigmoid"));
        addIf(flags, "shared-query-key-norm", type.equals("qwen3_moe"));
        addIf(flags, "whole-query-key-norm", type.equals("olmoe"));
        addIf(flags, "clipped-values", type.equals("olmoe") && config.path("clip_qkv").isNumber());
        addIf(flags, "query-key-norm", type.equals("llama4_text") && config.path("use_qk_norm").asBoolean(true));
        addIf(flags, "relu", config.path(isGpt2(type) ? "activation_function" : "hidden_act").asText()
                .equals("relu"));
        if (type.equals("gpt2-moe")) {
            flags.addAll(moeFlags(config.path("moe"), tensors));
        }
        return flags;
    }

    private static Set<String> moeFlags(JsonNode moe, Set<String> tensors) {
        Set<String> flags = new HashSet<>(Set.of("free-gain"));
        addIf(flags, "gate-bias", tensors.stream().anyMatch(name -> name.endsWith(".moe.gate.bias")));
        addIf(flags, "top-1-of-selected",
                moe.path("gating").asText().equals("sparse") && number(moe, "num_experts_per_tok") == 1);
        addIf(flags, "relu-experts", moe.path("expert_act").asText().equals("relu"));
        return flags;
    }

    private static boolean isGpt2(String type) {
        return type.equals("gpt2") || type.equals("gpt2-moe");
    }

    static void addIf(Set<String> flags, String flag, boolean holds) {
        if (holds) {
            flags.add(flag);
        }
    }

    private static Map<String, Set<Integer>> ranges(String type, JsonNode config, Set<String> tensors) {
        int layers = number(config, isGpt2(type) ? "n_layer" : "num_hidden_layers");
        String inner = type.equals("llama4_text") ? ".feed_forward.up_proj.weight" : ".mlp.up_proj.weight";
        IntPredicate dense = layer -> switch (type) {
            case "bert" -> true;
            case "gpt2", "gpt2-moe" -> tensors.contains("h." + layer + ".mlp.c_fc.weight")
                    || tensors.contains("transformer.h." + layer + ".mlp.c_fc.weight");
            default -> tensors.contains("model.layers." + layer + inner);
        };
        int hidden = config.path("moe").path("expert_hidden_sizes").size();
        return Map.of(
                "layers", numbers(layers, _ -> true),
                "dense-layers", numbers(layers, dense),
                "moe-layers", numbers(layers, dense.negate()),
                "inner-maps", numbers(hidden, map -> map > 0),
                "last-map", Set.of(hidden));
    }

    static Set<Integer> numbers(int count, IntPredicate which) {
        return new TreeSet<>(IntStream.range(0, count).filter(which).boxed().toList());
    }

    private static Map<String, Integer> sizes(String type, JsonNode config) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        int heads = number(config, isGpt2(type) ? "n_head" : "num_attention_heads");
        int groups = config.hasNonNull("num_key_value_heads")
                ? number(config, "num_key_value_heads") : KEY_HEADS.getOrDefault(type, heads);
        if (groups < 1 || heads % groups != 0) {
            throw new WorkFailure("config.json has " + heads + " num_attention_heads and " + groups
                    + " num_key_value_heads; the second must divide the first.");
        }
        sizes.put("heads", heads);
        sizes.put("kv-groups", groups);
        sizes.put("heads-per-group", heads / groups);
        if (type.equals("deepseek_v2") || type.equals("deepseek_v3")) {
            sizes.put("plain", number(config, "qk_nope_head_dim"));
            sizes.put("rotary", number(config, "qk_rope_head_dim"));
            sizes.put("expert-groups", expertGroups(type, config));
        }
        return sizes;
    }

    /** V2 scores a group by its best expert, so its limit binds only below the number chosen; V3 by its best two. */
    private static int expertGroups(String type, JsonNode config) {
        if (type.equals("deepseek_v3")) {
            return number(config, "n_group");
        }
        boolean limited = config.path("topk_method").asText().equals("group_limited_greedy")
                && number(config, "topk_group") < number(config, "num_experts_per_tok");
        return limited ? number(config, "n_group") : 1;
    }

    static int number(JsonNode config, String field) {
        JsonNode value = config.path(field);
        if (!value.isInt() || value.intValue() < 1) {
            throw new WorkFailure("config.json needs a positive whole number '" + field + "' but has "
                    + (value.isMissingNode() ? "none" : value.toString()) + ".");
        }
        return value.intValue();
    }
}

package org.thalweg.benchmarks.large;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WrongUse;

/**
 * The sizes of a published language model with as many layers as wanted. All weights are bfloat16. L is Llama 3.1 8B, M
 * Mixtral 8x7B, both with a vocabulary of 32,000; O is OLMoE; S is a Mixtral of 45 MB, for trying.
 *
 * @param name L, M, O or S
 * @param kind which stock class reads it
 * @param layers number of layers
 * @param width of the residual stream
 * @param hidden units of one feed-forward network or one expert
 * @param vocabulary number of tokens
 * @param heads of queries
 * @param groups heads of keys and values
 * @param experts of a layer; 1 where the layer has no router
 * @param chosen experts of a token
 */
record ModelShape(
        String name, Kind kind, int layers, int width, int hidden, int vocabulary, int heads, int groups, int experts,
        int chosen) {
    /** How tensors are named, and what {@code config.json} calls the sizes. */
    enum Kind { LLAMA, MIXTRAL, OLMOE }

    /**
     * A shape by its letter.
     *
     * @param text {@code M}, or {@code M:1} for another number of layers than usual
     * @return the shape
     * @throws WrongUse when there is none of that name
     */
    static ModelShape of(String text) {
        String[] sides = text.split(":", 2);
        ModelShape usual = switch (sides[0]) {
            case "L" -> new ModelShape("L", Kind.LLAMA, 4, 4096, 14336, 32000, 32, 8, 1, 1);
            case "M" -> new ModelShape("M", Kind.MIXTRAL, 2, 4096, 14336, 32000, 32, 8, 8, 2);
            case "O" -> new ModelShape("O", Kind.OLMOE, 4, 2048, 1024, 50304, 16, 16, 64, 8);
            case "S" -> new ModelShape("S", Kind.MIXTRAL, 2, 512, 1024, 8000, 8, 2, 4, 2);
            default -> throw new WrongUse("there is no shape '" + text + "'; expected L, M, O or S, with a number of "
                    + "layers behind a colon or not.");
        };
        if (sides.length == 1) {
            return usual;
        }
        if (!sides[1].matches("[1-9]\\d{0,2}")) {
            throw new WrongUse("'" + sides[1] + "' is no number of layers; expected 1 to 999.");
        }
        return usual.withLayers(Integer.parseInt(sides[1]));
    }

    private ModelShape withLayers(int count) {
        return new ModelShape(name, kind, count, width, hidden, vocabulary, heads, groups, experts, chosen);
    }

    /** Numbers of one head. */
    int headSize() {
        return width / heads;
    }

    /** How it is asked for: the letter and the number of layers. */
    String label() {
        return name + ":" + layers;
    }

    /** Bytes of all tensors. */
    long bytes() {
        return tensors().values().stream().mapToLong(TensorLayout::bytes).sum();
    }

    /** Bytes of the largest tensor. */
    long largestTensor() {
        return tensors().values().stream().mapToLong(TensorLayout::bytes).max().orElseThrow();
    }

    /**
     * Most memory that any command may take: 2 GB, 8 bytes for each entry of the largest assignment problem, and six
     * times the largest tensor as stored.
     *
     * @return bytes
     */
    long memoryBound() {
        long n = Math.max(width, hidden);
        return 2_000_000_000L + 8 * n * n + 6 * largestTensor();
    }

    /** The configuration, from which stock transformers builds the same model. */
    ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putArray("architectures").add(switch (kind) {
            case LLAMA -> "LlamaForCausalLM";
            case MIXTRAL -> "MixtralForCausalLM";
            case OLMOE -> "OlmoeForCausalLM";
        });
        config.put("model_type", switch (kind) {
            case LLAMA -> "llama";
            case MIXTRAL -> "mixtral";
            case OLMOE -> "olmoe";
        });
        config.put("hidden_size", width).put("intermediate_size", hidden).put("num_hidden_layers", layers)
                .put("num_attention_heads", heads).put("num_key_value_heads", groups).put("vocab_size", vocabulary)
                .put("hidden_act", "silu").put("rms_norm_eps", 1e-5).put("rope_theta", 10000.0)
                .put("max_position_embeddings", 4096).put("tie_word_embeddings", false).put("torch_dtype", "bfloat16");
        switch (kind) {
            case LLAMA -> config.put("attention_bias", false).put("mlp_bias", false);
            case MIXTRAL -> config.put("num_local_experts", experts).put("num_experts_per_tok", chosen)
                    .putNull("sliding_window");
            case OLMOE -> config.put("num_experts", experts).put("num_experts_per_tok", chosen)
                    .put("norm_topk_prob", false).put("attention_bias", false).putNull("clip_qkv");
        }
        return config;
    }

    /** Type and shape of every tensor by the name that the stock class gives it, in the order of the layers. */
    Map<String, TensorLayout> tensors() {
        Map<String, TensorLayout> all = new LinkedHashMap<>();
        add(all, "model.embed_tokens.weight", vocabulary, width);
        for (int layer = 0; layer < layers; layer++) {
            addLayer(all, "model.layers." + layer + ".");
        }
        add(all, "model.norm.weight", width);
        add(all, "lm_head.weight", vocabulary, width);
        return all;
    }

    private void addLayer(Map<String, TensorLayout> all, String start) {
        long shared = (long) groups * headSize();
        add(all, start + "input_layernorm.weight", width);
        add(all, start + "self_attn.q_proj.weight", width, width);
        add(all, start + "self_attn.k_proj.weight", shared, width);
        add(all, start + "self_attn.v_proj.weight", shared, width);
        add(all, start + "self_attn.o_proj.weight", width, width);
        add(all, start + "post_attention_layernorm.weight", width);
        switch (kind) {
            case LLAMA -> addMaps(all, start + "mlp.", List.of("gate_proj", "up_proj", "down_proj"));
            case MIXTRAL -> addExperts(all, start + "block_sparse_moe.", List.of("w1", "w3", "w2"));
            case OLMOE -> {
                add(all, start + "self_attn.q_norm.weight", width);
                add(all, start + "self_attn.k_norm.weight", shared);
                addExperts(all, start + "mlp.", List.of("gate_proj", "up_proj", "down_proj"));
            }
        }
    }

    private void addExperts(Map<String, TensorLayout> all, String start, List<String> maps) {
        add(all, start + "gate.weight", experts, width);
        for (int expert = 0; expert < experts; expert++) {
            addMaps(all, start + "experts." + expert + ".", maps);
        }
    }

    private void addMaps(Map<String, TensorLayout> all, String start, List<String> maps) {
        add(all, start + maps.get(0) + ".weight", hidden, width);
        add(all, start + maps.get(1) + ".weight", hidden, width);
        add(all, start + maps.get(2) + ".weight", width, hidden);
    }

    private static void add(Map<String, TensorLayout> all, String name, long... shape) {
        all.put(name, new TensorLayout(ElementType.BF16, shape));
    }
}

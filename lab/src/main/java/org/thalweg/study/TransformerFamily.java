package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.data.ImageShape;
import org.thalweg.family.Families;
import org.thalweg.network.ImageSize;
import org.thalweg.network.Network;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.study.TransformerStudy.ModelSizes;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.InitialWeights;

/** Families of Transformers that studies train, written as stock classes of Hugging Face's transformers read them. */
enum TransformerFamily {
    /** Vision Transformers. */
    VIT,
    /** GPT-2: LayerNorm and learned positions. */
    GPT2,
    /** Llama: RMSNorm, rotary positions, keys and values shared by heads. */
    LLAMA,
    /** Mixtral: Llama with experts in every layer, all trained. */
    MIXTRAL;

    private static final int SELECTED = 2;

    /** What Mixtral's files call parts of names, which its network calls otherwise. */
    private static final Map<String, String> MIXTRAL_NAMES = Map.of(
            ".mlp.", ".block_sparse_moe.", ".gate_proj.", ".w1.", ".down_proj.", ".w2.", ".up_proj.", ".w3.");

    /** The name in study files, also the model type. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether heads may share keys and values. */
    boolean hasSharedKeys() {
        return this == LLAMA || this == MIXTRAL;
    }

    /** The {@code config.json} of a Vision Transformer. */
    static ObjectNode vit(ModelSizes sizes, ImageShape shape, int classes) {
        return new VitConfig(new ImageSize(shape.channels(), shape.height(), shape.width()),
                sizes.patch().orElseThrow(), sizes.residual(), sizes.heads(), sizes.layers(), sizes.feedForward(),
                classes, Optional.empty()).toJson();
    }

    /** The {@code config.json} of a model of texts. */
    ObjectNode config(ModelSizes sizes, int vocabulary) {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", label());
        config.putArray("architectures").add(switch (this) {
            case GPT2 -> "GPT2LMHeadModel";
            case LLAMA -> "LlamaForCausalLM";
            case MIXTRAL -> "MixtralForCausalLM";
            case VIT -> throw new IllegalStateException("a ViT takes images");
        });
        config.put("vocab_size", vocabulary).put("tie_word_embeddings", sizes.tied().orElse(false));
        config.put("initializer_range", InitialWeights.USUAL).putNull("bos_token_id").putNull("eos_token_id");
        if (this == GPT2) {
            return config.put("n_positions", sizes.window().orElseThrow()).put("n_embd", sizes.residual())
                    .put("n_layer", sizes.layers()).put("n_head", sizes.heads()).put("n_inner", sizes.feedForward())
                    .put("activation_function", "gelu_new").put("layer_norm_epsilon", 1e-5)
                    .put("resid_pdrop", 0.0).put("embd_pdrop", 0.0).put("attn_pdrop", 0.0);
        }
        config.put("hidden_size", sizes.residual()).put("intermediate_size", sizes.feedForward())
                .put("num_hidden_layers", sizes.layers()).put("num_attention_heads", sizes.heads())
                .put("num_key_value_heads", sizes.keyValueHeads().orElse(sizes.heads()))
                .put("head_dim", sizes.residual() / sizes.heads())
                .put("hidden_act", "silu").put("max_position_embeddings", sizes.window().orElseThrow())
                .put("rms_norm_eps", 1e-5).put("rope_theta", 10_000.0).put("attention_dropout", 0.0);
        if (this == MIXTRAL) {
            config.put("num_local_experts", sizes.experts().orElseThrow())
                    .put("num_experts_per_tok",
                            sizes.selected().orElse(Math.min(SELECTED, sizes.experts().orElseThrow())))
                    .putNull("sliding_window").put("output_router_logits", false);
        }
        return config;
    }

    /** The network that a configuration of this family describes. */
    static Network network(ObjectNode config) {
        return Families.of(config).read(config, Set.of()).network();
    }

    /** How the stock class draws initial weights. */
    InitialWeights initial(Network network) {
        if (!(network instanceof Decoder decoder) || this != GPT2) {
            return InitialWeights.alike();
        }
        Set<String> towardsStream = new LinkedHashSet<>();
        for (int layer = 0; layer < decoder.config().layers().size(); layer++) {
            towardsStream.add(decoder.names().of(Role.ATTENTION_OUTPUT, layer));
            towardsStream.add(decoder.names().of(Role.DOWN, layer));
        }
        return InitialWeights.gpt2(towardsStream);
    }

    /**
     * The tensors of one layer's feed-forward network, without the norm in front of it.
     *
     * @param network of this family
     * @param layer counted from 0
     * @return names of weights and biases
     * @throws IllegalArgumentException when the network has no such names
     */
    Set<String> feedForward(Network network, int layer) {
        TensorNames names = switch (network) {
            case Vit vit -> vit.names();
            case Decoder decoder -> decoder.names();
            default -> throw new IllegalArgumentException("no family of studies has such a network: " + network);
        };
        return Stream.of(Role.GATE, Role.UP, Role.DOWN).filter(names::has).map(role -> names.of(role, layer))
                .flatMap(weight -> Stream.of(weight, TensorNames.biasOf(weight)))
                .filter(network.tensors()::containsKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The tensors by the names that the stock class gives them. */
    Parameters stock(Parameters parameters) {
        if (this != MIXTRAL) {
            return parameters;
        }
        Map<String, Tensor> named = new LinkedHashMap<>();
        parameters.asMap().forEach((name, tensor) -> {
            String stored = name;
            for (Map.Entry<String, String> part : MIXTRAL_NAMES.entrySet()) {
                stored = stored.replace(part.getKey(), part.getValue());
            }
            named.put(stored, tensor);
        });
        return Parameters.of(named);
    }
}

package org.thalweg.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.thalweg.family.MlpFamily;
import org.thalweg.family.SmallConfigs;
import org.thalweg.family.VitFamily;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ImageSize;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.Network;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** A small model of every family whose specification and network are both built in, in each of its layouts. */
public final class SmallModels {
    /**
     * A model.
     *
     * @param name its family, variant and layout
     * @param config its {@code config.json}
     * @param weights draws its tensors at a generic point
     */
    public record Small(String name, ObjectNode config, Function<Random, Parameters> weights) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Copies of the shared embedding that some files have. */
    static final List<String> COPIES =
            List.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight");

    private SmallModels() {}

    /** All of them. */
    public static Stream<Small> all() {
        return Stream.of(decoders(), furtherTokens(), encoderDecoders(), Stream.of(copied()), vits(), mlps())
                .flatMap(models -> models);
    }

    private static Stream<Small> decoders() {
        return SmallConfigs.variants().stream()
                .map(variant -> new Small(variant, SmallConfigs.of(variant), random -> withImages(
                        variant, SmallConfigs.decoder(SmallConfigs.of(variant)).initialise(random), random)));
    }

    /** Models with a layer behind the last one that predicts one token more; one repeats embedding and head there. */
    static Stream<Small> furtherTokens() {
        return Stream.of("deepseek_v3", "glm4_moe", "bailing_moe_v2").map(family -> {
            ObjectNode config = SmallConfigs.of(family);
            int depth = config.get("num_hidden_layers").intValue();
            ObjectNode deeper = config.deepCopy().put("num_hidden_layers", depth + 1);
            return new Small(family + " and further tokens", config, random -> {
                Parameters model = SmallConfigs.decoder(deeper).initialise(random);
                Map<String, Tensor> all = new LinkedHashMap<>(model.asMap());
                String layer = "model.layers." + depth + ".";
                for (String gain : List.of("enorm.weight", "hnorm.weight", "shared_head.norm.weight")) {
                    all.put(layer + gain, random.normal(DType.FLOAT32, 16).multiply(0.1).add(1));
                }
                all.put(layer + "eh_proj.weight", random.normal(DType.FLOAT32, 16, 32).multiply(0.2));
                if (family.equals("deepseek_v3")) {
                    all.put(layer + "embed_tokens.weight", model.get("model.embed_tokens.weight"));
                    all.put(layer + "shared_head.head.weight", model.get("lm_head.weight"));
                }
                return Parameters.of(all);
            });
        });
    }

    /** Beside the text model of a Llama 4: a tensor of its vision tower, and the map into the stream. */
    private static Parameters withImages(String variant, Parameters text, Random random) {
        return !variant.equals("llama4") ? text : text.with(Parameters.of(Map.of(
                "vision_model.patch_embedding.linear.weight", random.normal(DType.FLOAT32, 3, 5),
                "multi_modal_projector.linear_1.weight", random.normal(DType.FLOAT32, 16, 7))));
    }

    private static Stream<Small> encoderDecoders() {
        return Stream.of("", ", 'tie_word_embeddings': false", ", 'dense_act_fn': 'gelu'").map(more -> {
            ObjectNode config = json("{'model_type': 'switch_transformers', 'vocab_size': 13, 'd_model': 12, 'd_kv': 3"
                    + ", 'd_ff': 7, 'num_heads': 3, 'num_experts': 4, 'num_layers': 2, 'num_sparse_encoder_layers': 1, "
                    + "'num_decoder_layers': 2, 'num_sparse_decoder_layers': 1, 'relative_attention_num_buckets': 8, "
                    + "'relative_attention_max_distance': 12" + more + "}");
            Network network = SmallConfigs.network(config);
            return new Small("switch" + more, config,
                    random -> DeclaredTensor.draw(network.tensors().values(), random));
        });
    }

    /** A Switch Transformer whose file has the shared embedding four times. */
    static Small copied() {
        Small plain = encoderDecoders().findFirst().orElseThrow();
        return new Small("switch with copies", plain.config(), random -> {
            Parameters model = plain.weights().apply(random);
            Map<String, Tensor> all = new LinkedHashMap<>(model.asMap());
            COPIES.forEach(name -> all.put(name, model.get("shared.weight")));
            return Parameters.of(all);
        });
    }

    private static Stream<Small> vits() {
        VitConfig plain = new VitConfig(new ImageSize(2, 4, 6), 2, 8, 2, 2, 6, 3, Optional.empty());
        Stream<VitConfig> sparse = Stream.of(
                        new MoeConfig(4, new Gating.Dense(), List.of(5), UnitFunction.GELU),
                        new MoeConfig(4, new Gating.Sparse(2), List.of(5, 3), UnitFunction.RELU),
                        new MoeConfig(4, new Gating.Sparse(1), List.of(5), UnitFunction.GELU),
                        new MoeConfig(4, new Gating.DeepSeek(2, 2), List.of(5), UnitFunction.RELU))
                // In a last layer experts would see the class token alone.
                .map(layer -> plain.withExperts(new VitConfig.MoeLayers(List.of(0), layer)));
        return Stream.concat(Stream.of(plain), sparse).map(config -> new Small(
                "vit" + config.moe().map(moe -> " " + moe.layer().gating().label()).orElse(""), config.toJson(),
                random -> generic(VitFamily.network(config).initialise(random), random)));
    }

    private static Stream<Small> mlps() {
        return Stream.of(new MlpConfig(List.of(5, 7, 6, 3), UnitFunction.RELU),
                        new MlpConfig(List.of(5, 7, 3), UnitFunction.GELU))
                .map(config -> new Small(
                        "mlp " + config.sizes(), config.toJson(),
                        random -> MlpFamily.network(config).initialise(random)));
    }

    /** Gains of 1 and shifts of 0 would hide a norm that is not moved. */
    private static Parameters generic(Parameters model, Random random) {
        return model.mapNamed((_, tensor) ->
                tensor.add(random.normal(DType.FLOAT32, tensor.shape()).multiply(0.1)));
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) JsonMapper.builder().build().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(malformed);
        }
    }
}

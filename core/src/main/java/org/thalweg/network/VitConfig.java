package org.thalweg.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.thalweg.failure.WrongUse;

/**
 * Sizes of a Vision Transformer.
 *
 * @param image what goes in
 * @param patch side of a square patch in pixels; divides the image's sides
 * @param residual width of the residual stream; a multiple of {@code heads}
 * @param heads attention heads in each layer
 * @param layers Transformer layers
 * @param feedForward hidden units of the feed-forward network in layers without experts
 * @param classes number of logits
 * @param moe the Mixture-of-Experts layers, if any
 */
public record VitConfig(
        Image image,
        int patch,
        int residual,
        int heads,
        int layers,
        int feedForward,
        int classes,
        Optional<MoeLayers> moe) {
    /** Added to the variance in every layer normalisation, as in Hugging Face's ViT. */
    public static final double NORM_EPSILON = 1e-12;

    /**
     * Sizes of the images.
     *
     * @param channels colour channels
     * @param height pixels
     * @param width pixels
     */
    public record Image(int channels, int height, int width) {
        /** Refuses images without pixels. */
        public Image {
            if (channels < 1 || height < 1 || width < 1) {
                throw new WrongUse("an image has at least one channel, row and column, not " + channels + ", " + height
                        + " and " + width + ".");
            }
        }
    }

    /**
     * Experts in place of the feed-forward network.
     *
     * @param layers which layers, counted from 0, ascending
     * @param layer the kind of layer
     */
    public record MoeLayers(List<Integer> layers, MoeConfig layer) {
        /** Sorts the layers and drops repetitions. */
        public MoeLayers {
            layers = List.copyOf(new TreeSet<>(layers));
            if (layers.isEmpty()) {
                throw new WrongUse("experts stand in at least one layer; name one or leave the experts out.");
            }
        }

        /**
         * As the object {@code moe} of a {@code config.json}.
         *
         * @return a new JSON object
         */
        public ObjectNode toJson() {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            layers.forEach(node.putArray("layers")::add);
            node.put("num_experts", layer.experts());
            switch (layer.gating()) {
                case Gating.Dense() -> node.put("gating", "dense");
                case Gating.Sparse(int k) -> node.put("gating", "sparse").put("num_experts_per_tok", k);
                case Gating.DeepSeek(int k, int s) ->
                    node.put("gating", "deepseek").put("num_experts_per_tok", k).put("n_shared_experts", s);
            }
            layer.hidden().forEach(node.putArray("expert_hidden_sizes")::add);
            return node.put("expert_act", layer.activation().name().toLowerCase(Locale.ROOT));
        }

        /**
         * Reads what {@link #toJson} writes.
         *
         * @param node the object {@code moe} of a {@code config.json}; not changed
         * @return the layers
         * @throws WrongUse when a key is missing or does not hold what it should
         */
        public static MoeLayers fromJson(JsonNode node) {
            List<Integer> layers = new ArrayList<>();
            required(node, "layers").forEach(layer -> layers.add(whole(layer, "moe.layers")));
            List<Integer> hidden = new ArrayList<>();
            required(node, "expert_hidden_sizes").forEach(width -> hidden.add(whole(width, "moe.expert_hidden_sizes")));
            Gating gating = switch (required(node, "gating").asText()) {
                case "dense" -> new Gating.Dense();
                case "sparse" -> new Gating.Sparse(number(node, "num_experts_per_tok"));
                case "deepseek" ->
                    new Gating.DeepSeek(number(node, "num_experts_per_tok"), number(node, "n_shared_experts"));
                default -> throw new WrongUse("config.json: moe.gating is '" + node.get("gating").asText()
                        + "', expected dense, sparse or deepseek.");
            };
            Activation activation = Activation.named("moe.expert_act", required(node, "expert_act").asText());
            return new MoeLayers(layers, new MoeConfig(number(node, "num_experts"), gating, hidden, activation));
        }
    }

    /** Refuses sizes that do not fit together. */
    public VitConfig {
        if (residual < 1 || heads < 1 || residual % heads != 0) {
            throw new WrongUse("the " + heads + " heads do not divide the width " + residual
                    + " of the residual stream; choose a width that is a multiple of the number of heads.");
        }
        if (patch < 1 || image.height() % patch != 0 || image.width() % patch != 0) {
            throw new WrongUse("patches of " + patch + " pixels do not tile images of " + image.height() + " x "
                    + image.width() + "; choose a patch that divides both sides.");
        }
        if (layers < 1 || feedForward < 1 || classes < 1) {
            throw new WrongUse("a ViT has at least one layer, hidden unit and class, not " + layers + ", " + feedForward
                    + " and " + classes + ".");
        }
        int last = layers - 1;
        moe.ifPresent(experts -> experts.layers().stream()
                .filter(layer -> layer < 0 || layer > last)
                .findFirst()
                .ifPresent(layer -> {
                    throw new WrongUse("layer " + (layer + 1) + " cannot hold experts: the ViT has layers 1 to "
                            + (last + 1) + ".");
                }));
    }

    /**
     * Whether a layer holds experts.
     *
     * @param layer counted from 0
     * @return true when it does
     */
    public boolean isMoe(int layer) {
        return moe.isPresent() && moe.get().layers().contains(layer);
    }

    /**
     * Patches and the class token.
     *
     * @return positions of the sequence
     */
    public int tokens() {
        return image.height() / patch * (image.width() / patch) + 1;
    }

    /**
     * The same network without experts: what the pretrained backbone is.
     *
     * @return sizes with a feed-forward network in every layer
     */
    public VitConfig withoutExperts() {
        return new VitConfig(image, patch, residual, heads, layers, feedForward, classes, Optional.empty());
    }

    /**
     * The same network with experts in some layers.
     *
     * @param experts which layers, and their kind
     * @return sizes with experts
     */
    public VitConfig withExperts(MoeLayers experts) {
        return new VitConfig(image, patch, residual, heads, layers, feedForward, classes, Optional.of(experts));
    }

    /**
     * As the {@code config.json} of a checkpoint: Hugging Face's ViT keys, and {@code moe} for the experts.
     *
     * @return a new JSON object
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model_type", moe.isPresent() ? "vit-moe" : "vit");
        json.putArray("architectures").add(moe.isPresent() ? "ViTMoeForImageClassification"
                : "ViTForImageClassification");
        json.put("num_channels", image.channels());
        json.put("image_size", image.height());
        if (image.width() != image.height()) {
            json.putArray("image_size").add(image.height()).add(image.width());
        }
        json.put("patch_size", patch).put("hidden_size", residual).put("num_attention_heads", heads);
        json.put("num_hidden_layers", layers).put("intermediate_size", feedForward).put("hidden_act", "gelu");
        json.put("layer_norm_eps", NORM_EPSILON).put("qkv_bias", true).put("num_labels", classes);
        moe.ifPresent(experts -> json.set("moe", experts.toJson()));
        return json;
    }

    /**
     * Reads what {@link #toJson} writes.
     *
     * @param json a checkpoint's configuration
     * @return the sizes
     * @throws WrongUse when a key is missing or does not hold what it should
     */
    public static VitConfig fromJson(JsonNode json) {
        JsonNode size = required(json, "image_size");
        Image image = new Image(
                number(json, "num_channels"),
                whole(size.isArray() ? size.path(0) : size, "image_size"),
                whole(size.isArray() ? size.path(1) : size, "image_size"));
        Optional<MoeLayers> moe = json.has("moe") ? Optional.of(MoeLayers.fromJson(json.get("moe"))) : Optional.empty();
        return new VitConfig(
                image,
                number(json, "patch_size"),
                number(json, "hidden_size"),
                number(json, "num_attention_heads"),
                number(json, "num_hidden_layers"),
                number(json, "intermediate_size"),
                number(json, "num_labels"),
                moe);
    }

    private static JsonNode required(JsonNode json, String key) {
        if (!json.hasNonNull(key)) {
            throw new WrongUse("config.json: the key '" + key + "' is missing.");
        }
        return json.get(key);
    }

    private static int number(JsonNode json, String key) {
        return whole(required(json, key), key);
    }

    private static int whole(JsonNode value, String key) {
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw new WrongUse("config.json: the key '" + key + "' is " + value + ", expected a whole number.");
        }
        return value.intValue();
    }
}

package org.thalweg.network.vit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.ImageSize;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.network.moe.Router;

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
 * @param details what few models have otherwise than usual
 */
public record VitConfig(
        ImageSize image,
        int patch,
        int residual,
        int heads,
        int layers,
        int feedForward,
        int classes,
        Optional<MoeLayers> moe,
        Details details) {
    private static final int MOST_PATCHES = 1 << 24;

    /** Sizes of a model with the usual details. */
    public VitConfig(
            ImageSize image, int patch, int residual, int heads, int layers, int feedForward, int classes,
            Optional<MoeLayers> moe) {
        this(image, patch, residual, heads, layers, feedForward, classes, moe, Details.USUAL);
    }

    /** What stands behind the layers. */
    public enum Head {
        /** A linear map of the class token. */
        CLASSIFIER,
        /** Nothing: the outputs are the normalised stream. */
        BODY,
        /** A map of the class token with tanh behind it, put behind the stream. */
        POOLER;

        /** Whether outputs depend on the class token alone. */
        public boolean isClassifier() {
            return this == CLASSIFIER;
        }
    }

    /**
     * What few models have otherwise than usual.
     *
     * @param function between the maps of feed-forward networks
     * @param epsilon added to the variance in every normalisation
     * @param queryKeyValueBias whether queries, keys and values have biases
     * @param head what stands behind the layers
     */
    public record Details(UnitFunction function, double epsilon, boolean queryKeyValueBias, Head head) {
        /** As in Hugging Face's ViT for classification. */
        public static final Details USUAL = new Details(UnitFunction.GELU, 1e-12, true, Head.CLASSIFIER);
    }

    /**
     * Experts in place of the feed-forward network.
     *
     * @param layers which layers, counted from 0, ascending
     * @param layer the kind of layer
     * @param gateBias whether gates have biases
     */
    public record MoeLayers(List<Integer> layers, MoeConfig layer, boolean gateBias) {
        /** Layers whose gates have biases where that is usual. */
        public MoeLayers(List<Integer> layers, MoeConfig layer) {
            this(layers, layer, layer.gating().hasBias());
        }

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
                case Gating.Published(MoeModel model, int k, int s, Router.Groups groups) -> {
                    node.put("gating", model.label()).put("num_experts_per_tok", k);
                    if (model.hasShared()) {
                        node.put("n_shared_experts", s);
                    }
                    if (model.hasGroups()) {
                        node.put("n_group", groups.count()).put("topk_group", groups.kept());
                    }
                }
            }
            layer.hidden().forEach(node.putArray("expert_hidden_sizes")::add);
            return node.put("expert_act", layer.activation().name().toLowerCase(Locale.ROOT));
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
        if ((long) (image.height() / patch) * (image.width() / patch) > MOST_PATCHES) {
            throw new WrongUse("images of " + image.height() + " x " + image.width() + " in patches of " + patch
                    + " pixels have more than " + MOST_PATCHES + " patches; choose smaller images or larger patches.");
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
        return new VitConfig(image, patch, residual, heads, layers, feedForward, classes, Optional.empty(), details);
    }

    /**
     * The same network with experts in some layers.
     *
     * @param experts which layers, and their kind
     * @return sizes with experts
     */
    public VitConfig withExperts(MoeLayers experts) {
        return new VitConfig(
                image, patch, residual, heads, layers, feedForward, classes, Optional.of(experts), details);
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
        json.put("layer_norm_eps", details.epsilon()).put("qkv_bias", true).put("num_labels", classes);
        moe.ifPresent(experts -> json.set("moe", experts.toJson()));
        return json;
    }
}

package org.thalweg.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.network.ImageSize;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** What the configurations of Vision Transformers mean, with and without Mixture-of-Experts layers. */
public final class VitFamily {
    private static final String SPECIFICATION = "vit-moe";
    private static final TensorNames NAMES =
            RoleNames.of(ArchitectureSpec.builtIn(SPECIFICATION), Set.of("shared-experts", "classifier"), "");

    private VitFamily() {}

    /**
     * The network of a Vision Transformer.
     *
     * @param config its sizes
     * @return a network of tensors with Hugging Face's names
     */
    public static Vit network(VitConfig config) {
        return network(config, ArchitectureSpec.builtIn(SPECIFICATION));
    }

    /**
     * The network of a configuration.
     *
     * @param config a {@code config.json} of a Vision Transformer; not changed
     * @return the network
     * @throws org.thalweg.failure.WorkFailure naming the field, when one is wrong or asks for what is not computed here
     */
    public static Vit network(ObjectNode config) {
        return network(sizes(config));
    }

    /**
     * The sizes that a configuration gives, without a network being made: a made-up number of experts costs nothing.
     *
     * @param config a {@code config.json} of a Vision Transformer; not changed
     * @return the sizes
     * @throws org.thalweg.failure.WorkFailure naming the field, when one is wrong or asks for what is not computed here
     */
    public static VitConfig sizes(ObjectNode config) {
        return config(new ConfigFields(config.path("model_type").asText("vit"), config), Set.of());
    }

    /**
     * Name prefix of the experts in a layer.
     *
     * @param layer counted from 0
     * @return for example {@code vit.encoder.layer.0.moe}
     */
    public static String moePrefix(int layer) {
        String router = NAMES.of(Role.ROUTER, layer);
        return router.substring(0, router.length() - ".gate.weight".length());
    }

    private static Vit network(VitConfig config, ArchitectureSpec spec) {
        return new Vit(config, RoleNames.of(spec, conditions(config).flags(), ""), true, 1);
    }

    static FamilyModel read(ConfigFields fields, ArchitectureSpec spec, Set<String> tensors) {
        VitConfig config = config(fields, tensors);
        return new FamilyModel(network(config, spec), conditions(config));
    }

    /** The sizes that a configuration gives. */
    static VitConfig config(ConfigFields fields, Set<String> tensors) {
        Optional<VitConfig.MoeLayers> moe = fields.object("moe").map(object -> StudyMoeFields.read(object, tensors));
        boolean isClassifier = tensors.contains("classifier.weight") || tensors.isEmpty();
        VitConfig.Head head = isClassifier ? VitConfig.Head.CLASSIFIER
                : tensors.contains("vit.pooler.dense.weight") ? VitConfig.Head.POOLER : VitConfig.Head.BODY;
        if (head == VitConfig.Head.POOLER) {
            fields.refuseUnless("pooler_act", "tanh");
        }
        UnitFunction function = fields.function("hidden_act", "gelu");
        int residual = fields.size("hidden_size", 768);
        int heads = fields.size("num_attention_heads", 12);
        fields.refuseUnless("head_dim", Math.max(1, residual / heads));
        return new VitConfig(
                image(fields), fields.size("patch_size", 16), residual, heads, fields.depth("num_hidden_layers", 12),
                fields.size("intermediate_size", 3072),
                isClassifier ? fields.labels() : residual,
                moe, new VitConfig.Details(function, fields.number("layer_norm_eps", 1e-12),
                        fields.flag("qkv_bias", true), head));
    }

    private static ImageSize image(ConfigFields fields) {
        int channels = fields.size("num_channels", 3);
        Optional<JsonNode> size = fields.field("image_size");
        if (size.filter(JsonNode::isArray).isEmpty()) {
            int side = fields.size("image_size", 224);
            return new ImageSize(channels, side, side);
        }
        var sides = fields.numbers("image_size");
        if (sides.size() != 2 || sides.stream().anyMatch(side -> side < 1)) {
            throw fields.wrong("image_size", "one side, or height and width");
        }
        return new ImageSize(channels, sides.get(0), sides.get(1));
    }

    /** What the specification needs to know. */
    static Conditions conditions(VitConfig config) {
        Set<Integer> all = IntStream.range(0, config.layers()).boxed().collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> sparse = new TreeSet<>(all);
        sparse.removeIf(layer -> !config.isMoe(layer));
        Set<Integer> dense = new TreeSet<>(all);
        dense.removeAll(sparse);
        Set<String> flags = new LinkedHashSet<>();
        Map<String, Set<Integer>> ranges = new LinkedHashMap<>(
                Map.of("layers", all, "moe-layers", sparse, "dense-layers", dense,
                        "inner-maps", Set.of(), "last-map", Set.of(1)));
        Map<String, Integer> lengths = new LinkedHashMap<>(Map.of("heads", config.heads()));
        config.moe().map(moe -> moe.layer().layer(moe.gateBias())).ifPresent(moe -> {
            flags.addAll(MoeConditions.flags(moe));
            // In front of the experts stands a norm, whose gain may move.
            flags.add("free-gain");
            ranges.putAll(MoeConditions.ranges(moe));
            lengths.put("expert-groups", MoeConditions.groups(moe));
        });
        switch (config.details().head()) {
            case CLASSIFIER -> flags.add("classifier");
            case BODY -> flags.add("body");
            case POOLER -> flags.addAll(Set.of("body", "pooler"));
        }
        if (config.details().queryKeyValueBias()) {
            flags.add("attention-biases");
        }
        if (config.details().function() == UnitFunction.RELU) {
            flags.add("relu");
        }
        return new Conditions(flags, ranges, lengths);
    }
}

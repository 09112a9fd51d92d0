package org.thalweg.symmetry.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.thalweg.failure.WorkFailure;

/** What the specifications of feed-forward networks and of encoder-decoders need to know of a configuration. */
final class StackConditions {
    private StackConditions() {}

    static Conditions mlp(JsonNode config) {
        JsonNode sizes = config.path("sizes");
        if (sizes.size() < 3) {
            throw new WorkFailure("config.json needs 'sizes', the widths of inputs, hidden layers and outputs of an "
                    + "mlp with at least one hidden layer, but has " + (sizes.isMissingNode() ? "none" : sizes) + ".");
        }
        int last = sizes.size() - 2;
        return new Conditions(
                config.path("activation").asText().equals("relu") ? Set.of("relu") : Set.of(),
                Map.of("inner-maps", FamilyConditions.numbers(last, map -> map > 0), "last-map", Set.of(last)),
                Map.of());
    }

    /** Which blocks are sparse is taken from the tensors' names. */
    static Conditions switchTransformer(JsonNode config, Set<String> tensors) {
        Set<String> flags = new HashSet<>();
        boolean tied = config.path("tie_word_embeddings").asBoolean(true);
        FamilyConditions.addIf(flags, "untied-head", !tied);
        FamilyConditions.addIf(flags, "tied-head-copy", tied && tensors.contains("lm_head.weight"));
        FamilyConditions.addIf(flags, "tied-copies", tensors.contains("encoder.embed_tokens.weight"));
        FamilyConditions.addIf(flags, "relu", config.path("dense_act_fn")
                .asText(config.path("feed_forward_proj").asText("relu")).equals("relu"));
        Map<String, Set<Integer>> ranges = new LinkedHashMap<>();
        int encoder = FamilyConditions.number(config, "num_layers");
        int decoder = config.hasNonNull("num_decoder_layers")
                ? FamilyConditions.number(config, "num_decoder_layers") : encoder;
        blocks(ranges, "encoder", encoder,
                block -> tensors.contains("encoder.block." + block + ".layer.1.mlp.router.classifier.weight"));
        blocks(ranges, "decoder", decoder,
                block -> tensors.contains("decoder.block." + block + ".layer.2.mlp.router.classifier.weight"));
        return new Conditions(flags, ranges, Map.of("heads", FamilyConditions.number(config, "num_heads")));
    }

    private static void blocks(Map<String, Set<Integer>> ranges, String stack, int count, IntPredicate sparse) {
        ranges.put(stack + "-blocks", FamilyConditions.numbers(count, _ -> true));
        ranges.put(stack + "-dense", FamilyConditions.numbers(count, sparse.negate()));
        ranges.put(stack + "-sparse", FamilyConditions.numbers(count, sparse));
    }
}

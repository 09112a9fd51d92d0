package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.encoderdecoder.RelativePositions;
import org.thalweg.network.encoderdecoder.SwitchConfig;
import org.thalweg.network.encoderdecoder.SwitchNames;
import org.thalweg.network.encoderdecoder.SwitchTransformer;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** What the configurations of Switch Transformers mean. */
final class SwitchFamily {
    private SwitchFamily() {}

    static FamilyModel read(ConfigFields fields, ArchitectureSpec spec, Set<String> tensors) {
        if (fields.isBody(tensors)) {
            throw fields.wrong(
                    "architectures", "SwitchTransformersForConditionalGeneration, the only class computed here");
        }
        SwitchConfig config = config(fields);
        Conditions conditions = conditions(config);
        SwitchNames names = new SwitchNames(
                RoleNames.of(spec, conditions.flags(), ""),
                RoleNames.of(spec, conditions.flags(), "encoder."),
                RoleNames.of(spec, conditions.flags(), "decoder."));
        return new FamilyModel(new SwitchTransformer(config, names), conditions);
    }

    private static SwitchConfig config(ConfigFields fields) {
        fields.refuseUnless("is_encoder_decoder", true);
        int encoder = fields.depth(fields.either("num_layers", "num_hidden_layers"), 12);
        int decoder = fields.isNull("num_decoder_layers") ? encoder : fields.depth("num_decoder_layers", 12);
        return new SwitchConfig(
                fields.size("vocab_size", 32_128), fields.size(fields.either("d_model", "hidden_size"), 768),
                fields.size(fields.either("num_heads", "num_attention_heads"), 12), fields.size("d_kv", 64),
                fields.size("d_ff", 2048), new HiddenUnits.Plain(fields.function("dense_act_fn", "relu")),
                fields.size("num_experts", 8), fields.size("expert_capacity", 64),
                fields.flag("router_bias", false),
                sparse(fields, "encoder", encoder), sparse(fields, "decoder", decoder),
                new RelativePositions(fields.size("relative_attention_num_buckets", 32),
                        fields.size("relative_attention_max_distance", 128)),
                fields.number("layer_norm_epsilon", 1e-6), fields.flag("tie_word_embeddings", true));
    }

    /**
     * Every so many-th block from block 1 on: at the distance that the configuration gives, else at that with which
     * there are as many as it asks for.
     */
    private static List<Boolean> sparse(ConfigFields fields, String stack, int blocks) {
        int asked = fields.count("num_sparse_" + stack + "_layers", 3);
        int step = fields.count(stack + "_sparse_step", asked == 0 ? blocks : blocks / asked);
        return IntStream.range(0, blocks)
                .mapToObj(block -> step == 1 || step > 1 && block % step == 1)
                .toList();
    }

    private static Conditions conditions(SwitchConfig config) {
        Set<String> flags = new LinkedHashSet<>();
        if (!config.tied()) {
            flags.add("untied-head");
        }
        if (config.routerBias()) {
            flags.add("gate-bias");
        }
        if (config.units() instanceof HiddenUnits.Plain(UnitFunction function) && function == UnitFunction.RELU) {
            flags.add("relu");
        }
        Map<String, Set<Integer>> ranges = new LinkedHashMap<>();
        blocks(ranges, "encoder", config.encoder());
        blocks(ranges, "decoder", config.decoder());
        return new Conditions(flags, ranges, Map.of("heads", config.heads()));
    }

    private static void blocks(Map<String, Set<Integer>> ranges, String stack, List<Boolean> sparse) {
        ranges.put(stack + "-blocks", DecoderConditions.which(sparse, _ -> true));
        ranges.put(stack + "-dense", DecoderConditions.which(sparse, block -> !sparse.get(block)));
        ranges.put(stack + "-sparse", DecoderConditions.which(sparse, sparse::get));
    }
}

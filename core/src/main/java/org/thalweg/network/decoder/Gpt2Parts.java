package org.thalweg.network.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.network.MoeConfig;
import org.thalweg.network.VitConfig;

/**
 * What the configurations of GPT-2 (Radford et al. 2019) mean, and of GPT-2 with Mixture-of-Experts layers of ours: the
 * same fields, and {@code moe} as a ViT has it.
 */
final class Gpt2Parts {
    private static final int MOST_HIDDEN_LAYERS = 16;

    private Gpt2Parts() {}

    static DecoderConfig gpt2(ConfigFields fields) {
        return decoder(fields, List.of(), Optional.empty());
    }

    static DecoderConfig gpt2Moe(ConfigFields fields) {
        VitConfig.MoeLayers moe = VitConfig.MoeLayers.fromJson(fields.object("moe")
                .orElseThrow(() -> fields.wrong("moe", "an object that says which layers hold which experts")).node());
        int last = fields.depth("n_layer") - 1;
        if (moe.layers().getFirst() < 0 || moe.layers().getLast() > last) {
            throw fields.wrong("moe", "an object whose layers are numbers from 0 to " + last);
        }
        // Keeps a damaged config.json from asking for a table of names that fills the memory.
        if (moe.layer().hidden().size() > MOST_HIDDEN_LAYERS) {
            throw fields.wrong("moe", "an object whose experts have at most " + MOST_HIDDEN_LAYERS + " hidden layers");
        }
        return decoder(fields, moe.layers(), Optional.of(moe.layer()));
    }

    private static DecoderConfig decoder(ConfigFields fields, List<Integer> sparse, Optional<MoeConfig> moe) {
        fields.refuseUnless("scale_attn_weights", true);
        fields.refuseUnless("scale_attn_by_inverse_layer_idx", false);
        fields.refuseUnless("add_cross_attention", false);
        int residual = fields.size("n_embd");
        int heads = fields.size("n_head");
        if (residual % heads != 0) {
            throw fields.wrong("n_embd", "a multiple of n_head, which is " + heads);
        }
        UnitFunction function = UnitFunction.named(fields.word("activation_function", "gelu_new"));
        List<LayerPlan> layers = new ArrayList<>();
        for (int layer = 0; layer < fields.depth("n_layer"); layer++) {
            layers.add(new LayerPlan(sparse.contains(layer), false, FamilyParts.FULL));
        }
        return new DecoderConfig(
                new DecoderConfig.Ends(
                        fields.size("vocab_size"), OptionalInt.of(fields.size("n_positions", 1024)),
                        fields.flag("tie_word_embeddings", true), Optional.empty()),
                residual, new Norm(true, fields.number("layer_norm_epsilon", 1e-5), false),
                new Attention.Grouped(heads, heads, residual / heads, Attention.Bias.ALL,
                        Attention.QueryKeyNorm.NONE, Attention.Extras.NONE, Optional.empty()),
                new DecoderConfig.Dense(
                        fields.size("n_inner", 4 * residual), new HiddenUnits.Plain(function), true),
                Optional.empty(), moe, layers);
    }
}

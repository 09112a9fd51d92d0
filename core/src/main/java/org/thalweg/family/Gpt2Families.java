package org.thalweg.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.vit.VitConfig;

/**
 * What the configurations of GPT-2 (Radford et al. 2019) mean, and of GPT-2 with Mixture-of-Experts layers of ours: the
 * same fields, and {@code moe} as a ViT has it.
 */
final class Gpt2Families {
    private static final int MOST_HIDDEN_LAYERS = 16;

    private Gpt2Families() {}

    static DecoderConfig gpt2(ConfigFields fields, Set<String> tensors) {
        return decoder(fields, tensors, List.of(), Optional.empty());
    }

    static DecoderConfig gpt2Moe(ConfigFields fields, Set<String> tensors) {
        VitConfig.MoeLayers moe = StudyMoeFields.read(fields.object("moe")
                .orElseThrow(() -> fields.wrong(
                        "moe", "an object that says which layers hold which experts")), tensors);
        int last = depth(fields) - 1;
        if (moe.layers().getFirst() < 0 || moe.layers().getLast() > last) {
            throw fields.wrong("moe", "an object whose layers are numbers from 0 to " + last);
        }
        // Keeps a damaged config.json from asking for a table of names that fills the memory.
        if (moe.layer().hidden().size() > MOST_HIDDEN_LAYERS) {
            throw fields.wrong("moe", "an object whose experts have at most " + MOST_HIDDEN_LAYERS + " hidden layers");
        }
        return decoder(fields, tensors, moe.layers(), Optional.of(moe.layer().layer(moe.gateBias())));
    }

    private static int depth(ConfigFields fields) {
        return fields.depth(fields.either("n_layer", "num_hidden_layers"), 12);
    }

    private static DecoderConfig decoder(
            ConfigFields fields, Set<String> tensors, List<Integer> sparse, Optional<MoeLayer> moe) {
        fields.refuseUnless("scale_attn_by_inverse_layer_idx", false);
        fields.refuseUnless("add_cross_attention", false);
        int residual = fields.size(fields.either("n_embd", "hidden_size"), 768);
        int heads = fields.size(fields.either("n_head", "num_attention_heads"), 12);
        if (residual % heads != 0) {
            throw fields.wrong("n_embd", "a multiple of n_head, which is " + heads);
        }
        HiddenUnits units = new HiddenUnits.Plain(fields.function("activation_function", "gelu_new"));
        List<LayerPlan> layers = new ArrayList<>();
        for (int layer = 0; layer < depth(fields); layer++) {
            layers.add(new LayerPlan(sparse.contains(layer), Optional.empty(), DecoderFields.FULL));
        }
        Attention.Grouped attention = new Attention.Grouped(
                heads, heads, residual / heads, Attention.Bias.ALL, Attention.QueryKeyNorm.NONE);
        DecoderConfig.Positions positions = new DecoderConfig.Positions(
                fields.size(fields.either("n_positions", "max_position_embeddings"), 1024), OptionalInt.empty());
        return new DecoderConfig(
                new DecoderConfig.Embedding(
                        fields.size("vocab_size", 50_257), Optional.of(positions), 1, OptionalInt.empty()),
                head(fields, tensors), residual,
                DecoderConfig.Block.pre(Norm.layer(fields.number("layer_norm_epsilon", 1e-5))),
                fields.flag("scale_attn_weights", true)
                        ? attention : attention.with(attention.extras().scaledBy(1)),
                new DecoderConfig.Dense(fields.size("n_inner", 4 * residual), units, true), moe, layers);
    }

    private static Head head(ConfigFields fields, Set<String> tensors) {
        boolean classifier = tensors.isEmpty()
                ? fields.architecture().endsWith("ForSequenceClassification") : tensors.contains("score.weight");
        if (classifier) {
            return new Head.Classes(fields.labels());
        }
        return fields.isBody(tensors) ? new Head.Body() : new Head.Vocabulary(fields.flag("tie_word_embeddings", true));
    }
}

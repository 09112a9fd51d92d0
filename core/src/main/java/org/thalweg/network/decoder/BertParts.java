package org.thalweg.network.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the configuration of BERT (Devlin et al. 2019) means, for the model with its masked-language head. */
final class BertParts {
    private BertParts() {}

    static DecoderConfig bert(ConfigFields fields) {
        fields.refuseUnless("is_decoder", false);
        fields.refuseUnless("add_cross_attention", false);
        fields.refuseUnless("tie_word_embeddings", true);
        if (!fields.word("position_embedding_type", "absolute").equals("absolute")) {
            throw fields.wrong("position_embedding_type", "absolute");
        }
        int residual = fields.size("hidden_size");
        int heads = fields.size("num_attention_heads");
        if (residual % heads != 0) {
            throw fields.wrong("hidden_size", "a multiple of num_attention_heads, which is " + heads);
        }
        UnitFunction function = UnitFunction.named(fields.word("hidden_act", "gelu"));
        List<LayerPlan> layers = new ArrayList<>();
        for (int layer = 0; layer < fields.depth("num_hidden_layers"); layer++) {
            layers.add(new LayerPlan(false, false, new LayerPlan.Span.Everything()));
        }
        return new DecoderConfig(
                new DecoderConfig.Ends(
                        fields.size("vocab_size"), OptionalInt.of(fields.size("max_position_embeddings", 512)),
                        true,
                        Optional.of(new DecoderConfig.MaskedEnds(fields.size("type_vocab_size", 2), function))),
                residual, new Norm(true, fields.number("layer_norm_eps", 1e-12), true),
                new Attention.Grouped(heads, heads, residual / heads, Attention.Bias.ALL,
                        Attention.QueryKeyNorm.NONE, Attention.Extras.NONE, Optional.empty()),
                new DecoderConfig.Dense(
                        fields.size("intermediate_size"), new HiddenUnits.Plain(function), true),
                Optional.empty(), layers);
    }
}

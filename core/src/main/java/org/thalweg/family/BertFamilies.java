package org.thalweg.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.decoder.LayerPlan;

/** What the configurations of BERT (Devlin et al. 2019) and RoBERTa (arXiv 1907.11692) mean. */
final class BertFamilies {
    private BertFamilies() {}

    static DecoderConfig bert(ConfigFields fields, Set<String> tensors) {
        UnitFunction function = fields.function("hidden_act", "gelu");
        return encoder(fields, 30_522, OptionalInt.empty(),
                head(fields, tensors,
                        new Names("bert.", "cls.predictions.transform.dense.weight", "classifier.weight"), function));
    }

    /** RoBERTa: the first token stands at the position behind the padding token's; the head has GELU in any case. */
    static DecoderConfig roberta(ConfigFields fields, Set<String> tensors) {
        if (fields.isNull("pad_token_id")) {
            throw fields.wrong("pad_token_id", "a whole number, since positions are counted from it");
        }
        int padding = fields.count("pad_token_id", 1);
        int positions = fields.size("max_position_embeddings", 512);
        if (padding > positions - 2) {
            throw fields.wrong("pad_token_id", "less than " + Math.max(1, positions - 1)
                    + ", since the positions of a text begin behind it and max_position_embeddings is " + positions);
        }
        return encoder(fields, 50_265, OptionalInt.of(padding),
                head(fields, tensors, new Names("roberta.", "lm_head.dense.weight", "classifier.dense.weight"),
                        UnitFunction.GELU));
    }

    private static DecoderConfig encoder(ConfigFields fields, int vocabulary, OptionalInt padding, Head head) {
        fields.refuseUnless("is_decoder", false);
        fields.refuseUnless("add_cross_attention", false);
        fields.refuseUnless("position_embedding_type", "absolute");
        int residual = fields.size("hidden_size", 768);
        int heads = fields.size("num_attention_heads", 12);
        if (residual % heads != 0) {
            throw fields.wrong("hidden_size", "a multiple of num_attention_heads, which is " + heads);
        }
        UnitFunction function = fields.function("hidden_act", "gelu");
        List<LayerPlan> layers = new ArrayList<>();
        for (int layer = 0; layer < fields.depth("num_hidden_layers", 12); layer++) {
            layers.add(new LayerPlan(false, Optional.empty(), new LayerPlan.Span.Everything()));
        }
        DecoderConfig.Positions positions = new DecoderConfig.Positions(
                fields.size("max_position_embeddings", 512), padding);
        return new DecoderConfig(
                new DecoderConfig.Embedding(fields.size("vocab_size", vocabulary), Optional.of(positions), 1,
                        OptionalInt.of(fields.size("type_vocab_size", 2))),
                head, residual,
                new DecoderConfig.Block(Norm.layer(fields.number("layer_norm_eps", 1e-12)),
                        DecoderConfig.NormPlace.AFTER_SUM, 1, false),
                new Attention.Grouped(
                        heads, heads, residual / heads, Attention.Bias.ALL, Attention.QueryKeyNorm.NONE),
                new DecoderConfig.Dense(
                        fields.size("intermediate_size", 3072), new HiddenUnits.Plain(function), true),
                Optional.empty(), layers);
    }

    /** Tensors that show which head a model has: what stands before all of the body, and one of each head. */
    private record Names(String prefix, String masked, String classes) {}

    private static Head head(ConfigFields fields, Set<String> tensors, Names names, UnitFunction function) {
        if (tensors.contains(names.classes())) {
            return new Head.PooledClasses(fields.labels());
        }
        if (tensors.isEmpty() || tensors.contains(names.masked())) {
            fields.refuseUnless("tie_word_embeddings", true);
            return new Head.Masked(function);
        }
        return tensors.contains(names.prefix() + "pooler.dense.weight") ? new Head.Pooler() : new Head.Body();
    }
}

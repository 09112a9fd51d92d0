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

/** What the configurations of BERT (Devlin et al. 2019) mean. */
final class BertFamilies {
    private BertFamilies() {}

    static DecoderConfig bert(ConfigFields fields, Set<String> tensors) {
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
                fields.size("max_position_embeddings", 512), OptionalInt.empty());
        return new DecoderConfig(
                new DecoderConfig.Embedding(fields.size("vocab_size", 30_522), Optional.of(positions), 1,
                        OptionalInt.of(fields.size("type_vocab_size", 2))),
                head(fields, tensors, function), residual,
                new DecoderConfig.Block(Norm.layer(fields.number("layer_norm_eps", 1e-12)),
                        DecoderConfig.NormPlace.AFTER_SUM, 1, false),
                new Attention.Grouped(
                        heads, heads, residual / heads, Attention.Bias.ALL, Attention.QueryKeyNorm.NONE),
                new DecoderConfig.Dense(
                        fields.size("intermediate_size", 3072), new HiddenUnits.Plain(function), true),
                Optional.empty(), layers);
    }

    private static Head head(ConfigFields fields, Set<String> tensors, UnitFunction function) {
        if (tensors.contains("classifier.weight")) {
            return new Head.PooledClasses(fields.labels());
        }
        if (tensors.isEmpty() || tensors.contains("cls.predictions.transform.dense.weight")) {
            fields.refuseUnless("tie_word_embeddings", true);
            return new Head.Masked(function);
        }
        return tensors.contains("bert.pooler.dense.weight") ? new Head.Pooler() : new Head.Body();
    }
}

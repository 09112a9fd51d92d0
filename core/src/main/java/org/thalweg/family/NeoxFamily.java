package org.thalweg.family;

import java.util.Optional;
import java.util.Set;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Rope;

/** What the configurations of GPT-NeoX (arXiv 2204.06745) and Pythia mean. */
final class NeoxFamily {
    private static final DecoderFields.Defaults NEOX = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(50_432, 6144, 24_576, 44, 64), 2048, 1e-5);

    private NeoxFamily() {}

    static DecoderConfig read(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, NEOX);
        int heads = read.heads();
        int residual = read.residual();
        if (residual % heads != 0) {
            throw fields.wrong("hidden_size", "a multiple of num_attention_heads, which is " + heads);
        }
        Attention.Grouped attention = new Attention.Grouped(
                heads, heads, residual / heads, read.bias(true), Attention.QueryKeyNorm.NONE);
        Rope rope = RopeFields.of(withOwnNames(fields), NEOX.theta(), NEOX.positions())
                .partial(residual / heads, 0.25, false);
        return new DecoderConfig(
                read.embedding(), read.head(), residual,
                new DecoderConfig.Block(Norm.layer(fields.number("layer_norm_eps", NEOX.epsilon())),
                        DecoderConfig.NormPlace.BEFORE, 1, fields.flag("use_parallel_residual", true)),
                attention,
                new DecoderConfig.Dense(
                        read.hidden(), new HiddenUnits.Plain(fields.function("hidden_act", "gelu")), true),
                Optional.empty(), read.layers(rope, _ -> false, _ -> DecoderFields.FULL));
    }

    /** Beside {@code rope_parameters} base and turning share have names of their own, and only these count. */
    private static ConfigFields withOwnNames(ConfigFields fields) {
        var node = fields.node().deepCopy();
        node.remove("rope_theta");
        node.remove("partial_rotary_factor");
        fields.field("rotary_emb_base").ifPresent(base -> node.set("rope_theta", base));
        fields.field("rotary_pct").ifPresent(share -> node.set("partial_rotary_factor", share));
        return new ConfigFields(fields.modelType(), node);
    }
}

package org.thalweg.network.decoder;

import java.util.List;
import java.util.Optional;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Norm;
import org.thalweg.network.Role;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** The attention sublayer of a decoder, without norm and residual connection. */
final class SelfAttention {
    /** The norms of compressed vectors, whose epsilon DeepSeek's code fixes whatever the configuration says. */
    static final Norm LATENT_NORM = Norm.rms(1e-6);

    private SelfAttention() {}

    /** Queries [batch heads tokens d], keys [batch key_heads tokens d], values [batch key_heads tokens v]. */
    private record Heads(Tensor query, Tensor key, Tensor value) {}

    static Tensor forward(DecoderConfig config, LayerTensors layer, Tensor x) {
        LayerPlan plan = config.layers().get(layer.layer());
        Tensor mixed = switch (config.attention()) {
            case Attention.Grouped attention ->
                attend(plan, positioned(config, attention, plan, split(config, attention, layer, x)),
                        attention.extras(), sinks(attention, layer));
            case Attention.Latent attention -> attend(plan, latent(attention, plan, layer, x),
                    Attention.Extras.plain(1).scaledBy(attention.scale()), Optional.empty());
        };
        boolean bias = switch (config.attention()) {
            case Attention.Grouped attention -> attention.bias().ofOutput();
            case Attention.Latent attention -> attention.bias();
        };
        Tensor joined = mixed.transpose(1, 2).reshape(x.length(0), x.length(1), -1); // [batch tokens heads*v]
        return layer.linear(Role.ATTENTION_OUTPUT, bias).apply(joined);
    }

    private static Optional<Tensor> sinks(Attention.Grouped attention, LayerTensors layer) {
        return attention.extras().sinks() ? Optional.of(layer.get(Role.SINKS)) : Optional.empty();
    }

    /** Queries, keys and values, normalised and clipped where the family does that, without positions. */
    private static Heads split(DecoderConfig config, Attention.Grouped attention, LayerTensors layer, Tensor x) {
        Heads flat = maps(attention, layer, x); // each [batch tokens heads*head_dim]
        Norm norm = DecoderTensors.queryKeyNorm(config);
        if (attention.norm() == Attention.QueryKeyNorm.ALL_HEADS) {
            flat = new Heads(layer.norm(Role.QUERY_NORM, norm, flat.query),
                    layer.norm(Role.KEY_NORM, norm, flat.key), flat.value);
        }
        if (attention.extras().clip().isPresent()) {
            double bound = attention.extras().clip().getAsDouble();
            flat = new Heads(Functions.clamp(flat.query, -bound, bound), Functions.clamp(flat.key, -bound, bound),
                    Functions.clamp(flat.value, -bound, bound));
        }
        Heads heads = new Heads(split(flat.query, attention.heads()), split(flat.key, attention.keyHeads()),
                split(flat.value, attention.keyHeads()));
        return attention.norm() == Attention.QueryKeyNorm.EACH_HEAD
                ? new Heads(layer.norm(Role.QUERY_NORM, norm, heads.query),
                        layer.norm(Role.KEY_NORM, norm, heads.key), heads.value)
                : heads;
    }

    private static Heads maps(Attention.Grouped attention, LayerTensors layer, Tensor x) {
        boolean bias = attention.bias().ofInputs();
        if (layer.has(Role.QUERY_KEY_VALUE)) {
            long queries = (long) attention.heads() * attention.headDim();
            long keys = (long) attention.keyHeads() * attention.headDim();
            long values = (long) attention.keyHeads() * attention.valueDim();
            Tensor all = layer.linear(Role.QUERY_KEY_VALUE, bias).apply(x); // [batch tokens queries+keys+values]
            return new Heads(
                    all.narrow(2, 0, queries), all.narrow(2, queries, keys), all.narrow(2, queries + keys, values));
        }
        if (layer.has(Role.QUERY_KEY_VALUE_OF_HEADS)) {
            int width = attention.headDim();
            int ofValue = attention.valueDim();
            Tensor all = layer.linear(Role.QUERY_KEY_VALUE_OF_HEADS, bias).apply(x); // [batch tokens heads*(2*width+v)]
            Tensor each = all.reshape(x.length(0), x.length(1), attention.heads(), 2L * width + ofValue);
            return new Heads(flat(each.narrow(3, 0, width)), flat(each.narrow(3, width, width)),
                    flat(each.narrow(3, 2L * width, ofValue)));
        }
        return new Heads(
                layer.linear(Role.QUERY, bias).apply(x),
                layer.linear(Role.KEY, bias).apply(x),
                layer.linear(Role.VALUE, bias).apply(x));
    }

    private static Tensor flat(Tensor heads) {
        return heads.reshape(heads.length(0), heads.length(1), -1);
    }

    private static Heads positioned(
            DecoderConfig config, Attention.Grouped attention, LayerPlan plan, Heads heads) {
        if (plan.rope().isPresent()) {
            Rope rope = plan.rope().get();
            Tensor query = rope.apply(heads.query);
            Tensor key = rope.apply(heads.key);
            double epsilon = config.block().norm().epsilon();
            return attention.norm() == Attention.QueryKeyNorm.EACH_HEAD_WITHOUT_GAIN
                    ? new Heads(Functions.rmsNorm(query, epsilon), Functions.rmsNorm(key, epsilon), heads.value)
                    : new Heads(query, key, heads.value);
        }
        return attention.extras().temperature()
                .map(temperature -> new Heads(heads.query.multiply(factors(temperature, heads.query)),
                        heads.key, heads.value))
                .orElse(heads);
    }

    private static Tensor factors(Attention.Temperature temperature, Tensor query) {
        int tokens = (int) query.length(2);
        double[] factors = new double[tokens];
        for (int token = 0; token < tokens; token++) {
            factors[token] = 1 + temperature.scale() * Math.log1p(Math.floor((token + 1) / temperature.floor()));
        }
        return Tensor.of(factors, tokens, 1).to(query.dtype());
    }

    private static Heads latent(Attention.Latent attention, LayerPlan plan, LayerTensors layer, Tensor x) {
        Attention.HeadParts head = attention.head();
        Rope rope = plan.rope().orElseThrow();
        Tensor query = split(attention.queryRank().isPresent()
                ? layer.linear(Role.QUERY_UP, false).apply(layer.norm(Role.QUERY_DOWN_NORM, LATENT_NORM,
                        layer.linear(Role.QUERY_DOWN, attention.bias()).apply(x)))
                : layer.linear(Role.QUERY, false).apply(x), attention.heads()); // [batch heads tokens plain+rotary]
        Tensor compressed = layer.linear(Role.LATENT_DOWN, attention.bias()).apply(x); // [batch tokens rank+rotary]
        Tensor latent = layer.norm(
                Role.LATENT_NORM, LATENT_NORM, compressed.narrow(2, 0, attention.latentRank()));
        Tensor expanded = split(
                layer.linear(Role.LATENT_UP, false).apply(latent), attention.heads()); // [.. tokens plain+value]
        Tensor rotaryKey = rope.apply(
                split(compressed.narrow(2, attention.latentRank(), head.rotary()), 1)); // [batch 1 tokens rotary]
        Tensor rotaryQuery = rope.apply(query.narrow(3, head.plain(), head.rotary()));
        return new Heads(
                Tensor.concatenate(List.of(query.narrow(3, 0, head.plain()), rotaryQuery), 3),
                Tensor.concatenate(List.of(
                        expanded.narrow(3, 0, head.plain()), rotaryKey.expand(-1, attention.heads(), -1, -1)), 3),
                expanded.narrow(3, head.plain(), head.value()));
    }

    private static Tensor attend(LayerPlan plan, Heads heads, Attention.Extras extras, Optional<Tensor> sinks) {
        long[] shape = heads.query.shape();
        long batch = shape[0];
        long tokens = shape[2];
        long keyHeads = heads.key.length(1);
        long group = shape[1] / keyHeads;
        Tensor query = heads.query.reshape(batch, keyHeads, group, tokens, shape[3]);
        Tensor products = query.matmul(heads.key.unsqueeze(2).transpose(3, 4)) // [batch key_heads group tokens tokens]
                .multiply(extras.scale());
        Tensor scores = Ends.capped(products, extras.softCap()).add(mask(plan.span(), (int) tokens, query.dtype()));
        Tensor weights = sinks.map(sink -> {
            Tensor column = sink.reshape(1, keyHeads, group, 1, 1).expand(batch, -1, -1, tokens, -1);
            return Functions.softmax(Tensor.concatenate(List.of(scores, column), 4), 4).narrow(4, 0, tokens);
        }).orElseGet(() -> Functions.softmax(scores, 4));
        return weights.matmul(heads.value.unsqueeze(2)).reshape(batch, shape[1], tokens, -1); // [batch heads tokens v]
    }

    private static Tensor mask(LayerPlan.Span span, int tokens, DType dtype) {
        double[] values = new double[tokens * tokens];
        for (int from = 0; from < tokens; from++) {
            for (int to = 0; to < tokens; to++) {
                values[from * tokens + to] = span.sees(from, to) ? 0 : Double.NEGATIVE_INFINITY;
            }
        }
        return Tensor.of(values, tokens, tokens).to(dtype);
    }

    private static Tensor split(Tensor x, int heads) {
        return x.reshape(x.length(0), x.length(1), heads, x.length(2) / heads).transpose(1, 2);
    }
}

package org.thalweg.network.decoder;

import java.util.List;
import java.util.Optional;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** The attention sublayer of a decoder, without norm and residual connection. */
final class SelfAttention {
    /** Epsilon of the norms of compressed vectors, which DeepSeek's code fixes whatever the config says. */
    private static final double LATENT_EPSILON = 1e-6;

    private SelfAttention() {}

    /** Queries [batch heads tokens d], keys [batch key_heads tokens d], values [batch key_heads tokens v]. */
    private record Heads(Tensor query, Tensor key, Tensor value) {}

    static Tensor forward(LayerTensors layer, Tensor x) {
        Tensor mixed = switch (layer.config().attention()) {
            case Attention.Grouped attention -> {
                Optional<Tensor> sinks =
                        attention.extras().sinks() ? Optional.of(layer.weight(Role.SINKS)) : Optional.empty();
                yield attend(layer, grouped(attention, layer, x), 1 / Math.sqrt(attention.headDim()), sinks);
            }
            case Attention.Latent attention ->
                attend(layer, latent(attention, layer, x), attention.scale(), Optional.empty());
        };
        Tensor joined = mixed.transpose(1, 2).reshape(x.length(0), x.length(1), -1); // [batch tokens heads*v]
        return layer.linear(Role.ATTENTION_OUTPUT, joined);
    }

    private static Heads grouped(Attention.Grouped attention, LayerTensors layer, Tensor x) {
        long queries = (long) attention.heads() * attention.headDim();
        long keys = (long) attention.keyHeads() * attention.headDim();
        Tensor query;
        Tensor key;
        Tensor value;
        if (layer.has(Role.QUERY_KEY_VALUE)) {
            Tensor all = layer.linear(Role.QUERY_KEY_VALUE, x); // [batch tokens queries+2*keys]
            query = all.narrow(2, 0, queries);
            key = all.narrow(2, queries, keys);
            value = all.narrow(2, queries + keys, keys);
        } else {
            query = layer.linear(Role.QUERY, x); // [batch tokens heads*head_dim]
            key = layer.linear(Role.KEY, x); // [batch tokens key_heads*head_dim]
            value = layer.linear(Role.VALUE, x);
        }
        double epsilon = layer.config().norm().epsilon();
        if (attention.norm() == Attention.QueryKeyNorm.ALL_HEADS) {
            query = layer.rmsNorm(Role.QUERY_NORM, query, epsilon);
            key = layer.rmsNorm(Role.KEY_NORM, key, epsilon);
        }
        if (attention.extras().clip().isPresent()) {
            double bound = attention.extras().clip().getAsDouble();
            query = Functions.clamp(query, -bound, bound);
            key = Functions.clamp(key, -bound, bound);
            value = Functions.clamp(value, -bound, bound);
        }
        query = split(query, attention.heads());
        key = split(key, attention.keyHeads());
        if (attention.norm() == Attention.QueryKeyNorm.EACH_HEAD) {
            query = layer.rmsNorm(Role.QUERY_NORM, query, epsilon);
            key = layer.rmsNorm(Role.KEY_NORM, key, epsilon);
        }
        return positioned(attention, layer, new Heads(query, key, split(value, attention.keyHeads())));
    }

    private static Heads positioned(Attention.Grouped attention, LayerTensors layer, Heads heads) {
        if (attention.rope().isPresent() && layer.plan().rotary()) {
            Rope rope = attention.rope().get();
            Tensor query = rope.apply(heads.query);
            Tensor key = rope.apply(heads.key);
            double epsilon = layer.config().norm().epsilon();
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

    private static Heads latent(Attention.Latent attention, LayerTensors layer, Tensor x) {
        Attention.HeadParts head = attention.head();
        Tensor query = split(attention.queryRank().isPresent()
                ? layer.linear(Role.QUERY_UP,
                        layer.rmsNorm(Role.QUERY_DOWN_NORM, layer.linear(Role.QUERY_DOWN, x), LATENT_EPSILON))
                : layer.linear(Role.QUERY, x), attention.heads()); // [batch heads tokens plain+rotary]
        Tensor compressed = layer.linear(Role.LATENT_DOWN, x); // [batch tokens rank+rotary]
        Tensor latent = layer.rmsNorm(
                Role.LATENT_NORM, compressed.narrow(2, 0, attention.latentRank()), LATENT_EPSILON);
        Tensor expanded = split(layer.linear(Role.LATENT_UP, latent), attention.heads()); // [.. tokens plain+value]
        Tensor rotaryKey = attention.rope().apply(
                split(compressed.narrow(2, attention.latentRank(), head.rotary()), 1)); // [batch 1 tokens rotary]
        Tensor rotaryQuery = attention.rope().apply(query.narrow(3, head.plain(), head.rotary()));
        return new Heads(
                Tensor.concatenate(List.of(query.narrow(3, 0, head.plain()), rotaryQuery), 3),
                Tensor.concatenate(List.of(
                        expanded.narrow(3, 0, head.plain()), rotaryKey.expand(-1, attention.heads(), -1, -1)), 3),
                expanded.narrow(3, head.plain(), head.value()));
    }

    private static Tensor attend(LayerTensors layer, Heads heads, double scale, Optional<Tensor> sinks) {
        long[] shape = heads.query.shape();
        long batch = shape[0];
        long tokens = shape[2];
        long keyHeads = heads.key.length(1);
        long group = shape[1] / keyHeads;
        Tensor query = heads.query.reshape(batch, keyHeads, group, tokens, shape[3]);
        Tensor scores = query.matmul(heads.key.unsqueeze(2).transpose(3, 4)) // [batch key_heads group tokens tokens]
                .multiply(scale)
                .add(mask(layer.plan().span(), (int) tokens, query.dtype()));
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

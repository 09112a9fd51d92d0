package org.thalweg.network.decoder;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Linear;
import org.thalweg.network.Role;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** First and last stage of a decoder. */
final class Ends {
    private Ends() {}

    /** Token ids [batch tokens] to the stream [batch tokens residual]. */
    static Tensor embed(DecoderConfig config, LayerTensors tensors, Tensor ids) {
        DecoderConfig.Embedding embedding = config.embedding();
        int tokens = (int) ids.length(1);
        for (long id : ids.toLongs()) {
            if (id < 0 || id >= embedding.vocabulary()) {
                throw new WorkFailure("the text has token " + id + " but the model's vocabulary has "
                        + embedding.vocabulary() + " tokens; use the tokenizer that belongs to the model");
            }
        }
        Tensor rows = tensors.rows(Role.EMBEDDING, ids.reshape(-1))
                .reshape(ids.length(0), tokens, config.residual()); // [batch tokens residual]
        Tensor x = embedding.factor() == 1 ? rows : rows.multiply(embedding.factor());
        if (embedding.positions().isPresent()) {
            DecoderConfig.Positions positions = embedding.positions().get();
            if (tokens > positions.longest()) {
                throw new WorkFailure("the text has " + tokens + " tokens but the model has positions for "
                        + positions.longest() + "; shorten it");
            }
            x = x.add(tensors.rows(Role.POSITIONS, Tensor.indices(positions.of(ids.toLongs(), tokens)))
                    .reshape(x.shape()));
        }
        if (embedding.types().isEmpty()) {
            return x;
        }
        Tensor type = tensors.get(Role.TOKEN_TYPES).select(0, 0); // [residual]
        return tensors.norm(Role.EMBEDDING_NORM, config.block().norm(), x.add(type));
    }

    /** The stream [batch tokens residual] to the outputs [batch tokens width]. */
    static Tensor head(DecoderConfig config, LayerTensors tensors, Tensor stream) {
        Tensor x = config.block().place() == DecoderConfig.NormPlace.AFTER_SUM
                ? stream : tensors.norm(Role.FINAL_NORM, config.block().norm(), stream);
        return switch (config.head()) {
            case Head.Vocabulary head -> {
                Linear map = new Linear(() -> tensors.stored(head.tied() ? Role.EMBEDDING : Role.HEAD),
                        head.bias() ? Optional.of(() -> tensors.get(Role.HEAD_BIAS)) : Optional.empty());
                Tensor logits = map.apply(x);
                yield capped(head.factor() == 1 ? logits : logits.multiply(head.factor()), head.softCap());
            }
            case Head.Masked(var function) -> {
                Tensor mapped = function.apply(tensors.linear(Role.HEAD_TRANSFORM, true).apply(x));
                Tensor normed = tensors.norm(Role.FINAL_NORM, config.block().norm(), mapped);
                yield new Linear(() -> tensors.stored(Role.EMBEDDING), Optional.of(() -> tensors.get(Role.HEAD_BIAS)))
                        .apply(normed);
            }
            case Head.Body() -> x;
            case Head.Pooler() -> Tensor.concatenate(List.of(x, pooled(tensors, x).unsqueeze(1)), 1);
            case Head.Classes _ -> tensors.linear(Role.CLASSIFIER, false).apply(x);
            case Head.PooledClasses _ -> tensors.linear(Role.CLASSIFIER, true).apply(pooled(tensors, x));
        };
    }

    private static Tensor pooled(LayerTensors tensors, Tensor x) {
        return Functions.tanh(tensors.linear(Role.POOLER, true).apply(x.select(1, 0))); // [batch residual]
    }

    /** {@code c · tanh(z / c)} where there is a bound c. */
    static Tensor capped(Tensor z, OptionalDouble bound) {
        return bound.isPresent()
                ? Functions.tanh(z.multiply(1 / bound.getAsDouble())).multiply(bound.getAsDouble()) : z;
    }
}

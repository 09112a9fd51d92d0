package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.ShardIndex;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.network.Network;
import org.thalweg.network.Tie;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A head that is the embedding, to be made a tensor of its own so that the last gain can be folded into it.
 *
 * @param tie names of the tensors
 */
record TiedHead(Tie tie) {
    /** The tied head of a network that has one and could have another; BERT's cannot. */
    static Optional<TiedHead> of(Network network) {
        return network.tie().filter(tie -> !tie.untied().isEmpty()).map(TiedHead::new);
    }

    /** Whether a form cannot be had with it: gains of RMSNorm unless the last is 1, a centred stream in any case. */
    boolean isInTheWay(List<CanonicalForm> forms, Parameters model) {
        return forms.contains(CanonicalForm.LAYER_NORMS)
                || forms.contains(CanonicalForm.NORMS) && !isOne(model.get(tie.lastGain()));
    }

    private static boolean isOne(Tensor gain) {
        try (Scope scope = Scope.open()) {
            return gain.to(DType.FLOAT64).sameAs(Tensor.ones(DType.FLOAT64, gain.shape()));
        }
    }

    ObjectNode untied(ObjectNode config) {
        ObjectNode changed = config.deepCopy();
        if (changed.get("text_config") instanceof ObjectNode text) {
            text.put("tie_word_embeddings", false);
        }
        return changed.put("tie_word_embeddings", false);
    }

    Parameters untied(Parameters model) {
        Map<String, Tensor> more = new LinkedHashMap<>();
        Tensor embedding = model.get(tie.embedding());
        tie.untied().forEach((name, factor) ->
                more.put(name, factor == 1 ? embedding.copy() : embedding.multiply(factor)));
        return model.with(Parameters.of(more));
    }

    /** The same division among files, new tensors beside the embedding, unless they have a file already. */
    Sharding untied(Sharding sharding, StoredLayout stored) {
        return switch (sharding) {
            case Sharding.As(ShardIndex index) -> {
                Map<String, String> shardOf = new LinkedHashMap<>(index.shardOf());
                String file = shardOf.get(stored.place(tie.embedding()).stored());
                tie.untied().keySet().forEach(name -> shardOf.putIfAbsent(name, file));
                yield new Sharding.As(new ShardIndex(shardOf));
            }
            case Sharding.OneFile _, Sharding.UpTo _ -> sharding;
        };
    }
}

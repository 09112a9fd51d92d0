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
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A head that is the embedding, to be made a tensor of its own so that the last gain can be folded into it.
 *
 * @param embedding the embedding's name
 * @param head what the head's own tensor is called
 * @param lastGain the name of the gain in front of the head
 * @param factor what the head's own weights are, in units of the embedding
 */
record TiedHead(String embedding, String head, String lastGain, double factor) {
    /** The tied head of a network that has one and could have another; BERT's cannot. */
    static Optional<TiedHead> of(Network network) {
        return network.tie().flatMap(tie ->
                tie.head().map(head -> new TiedHead(tie.embedding(), head, tie.lastGain(), tie.factor())));
    }

    /** Whether a form cannot be had with it: gains of RMSNorm unless the last is 1, a centred stream in any case. */
    boolean isInTheWay(List<CanonicalForm> forms, Parameters model) {
        return forms.contains(CanonicalForm.LAYER_NORMS)
                || forms.contains(CanonicalForm.NORMS) && !isOne(model.get(lastGain));
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
        return model.with(Parameters.of(Map.of(head, factor == 1 ? model.get(embedding).copy() : model.get(embedding).multiply(factor))));
    }

    /** The same division among files, the head beside the embedding, unless it has a file already. */
    Sharding untied(Sharding sharding, StoredLayout stored) {
        return switch (sharding) {
            case Sharding.As(ShardIndex index) -> {
                Map<String, String> shardOf = new LinkedHashMap<>(index.shardOf());
                shardOf.putIfAbsent(head, shardOf.get(stored.place(embedding).stored()));
                yield new Sharding.As(new ShardIndex(shardOf));
            }
            case Sharding.OneFile _, Sharding.UpTo _ -> sharding;
        };
    }
}

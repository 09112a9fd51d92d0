package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.ShardIndex;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.network.Network;
import org.thalweg.network.Tie;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * A head that is the embedding, to be made a tensor of its own so that the last gain can be folded into it.
 *
 * @param tie names of the tensors
 * @param neutral what a stored gain is that multiplies by 1
 */
record TiedHead(Tie tie, double neutral) {
    /** The tied head of a network that has one and could have another; BERT's cannot. */
    static Optional<TiedHead> of(Network network) {
        return network.tie().filter(tie -> !tie.untied().isEmpty())
                .map(tie -> new TiedHead(tie, network.neutralGain()));
    }

    /**
     * Whether a form cannot be had with it: gains of RMSNorm unless the last multiplies by 1, a centred stream in any
     * case.
     */
    boolean isInTheWay(List<CanonicalForm> forms, TensorReader model) {
        return forms.contains(CanonicalForm.LAYER_NORMS)
                || forms.contains(CanonicalForm.NORMS) && !isNeutral(tie.lastGain(), model);
    }

    /**
     * Whether a head that became a tensor of its own still is what the embedding makes of it, to the bit.
     *
     * @param original the tensors before, whose last gain distinguishes most models without the large tensors
     * @param untied the tensors with a head of its own
     */
    boolean holds(TensorReader original, TensorReader untied) {
        return isNeutral(tie.lastGain(), original) && tie.untied().keySet().stream().allMatch(name -> {
            try (Scope scope = Scope.open()) {
                return untied.read(name).to(DType.FLOAT64).sameAs(
                        untied(untied).read(name).to(DType.FLOAT64));
            }
        });
    }

    private boolean isNeutral(String name, TensorReader model) {
        try (Scope scope = Scope.open()) {
            Tensor gain = model.read(name);
            return gain.to(DType.FLOAT64).sameAs(Tensor.ones(DType.FLOAT64, gain.shape()).multiply(neutral));
        }
    }

    /** The tensors of a model whose head is one of its own. */
    TensorReader untied(TensorReader model) {
        return name -> {
            double factor = tie.untied().getOrDefault(name, 1.0);
            String source = tie.untied().containsKey(name) ? tie.embedding() : name;
            if (factor == 1) {
                return model.read(source);
            }
            try (Scope scope = Scope.open()) {
                return scope.keep(model.read(source).to(DType.FLOAT64).multiply(factor));
            }
        };
    }

    /**
     * A directory with a head of its own, in the type of the embedding and in the same file. A head that was stored as
     * a copy of the embedding keeps its place in the files.
     */
    WrittenDirectory untied(WrittenDirectory tied) {
        Map<String, TensorLayout> files = new LinkedHashMap<>(tied.files());
        Map<String, StoredLayout.Place> places = new LinkedHashMap<>(tied.stored().places());
        Map<String, String> copies = new LinkedHashMap<>(tied.stored().copies());
        TensorLayout embedding = tied.tensors().get(tie.embedding());
        tie.untied().keySet().stream().sorted().forEach(head -> {
            files.put(head, embedding);
            places.put(head, StoredLayout.Place.whole(head));
            copies.remove(head);
        });
        return new WrittenDirectory(tied.source(), untied(tied.config()), files, new StoredLayout(places, copies),
                untied(tied.division(), tied.stored()));
    }

    private static ObjectNode untied(ObjectNode config) {
        ObjectNode changed = config.deepCopy();
        if (changed.get("text_config") instanceof ObjectNode text) {
            text.put("tie_word_embeddings", false);
        }
        return changed.put("tie_word_embeddings", false);
    }

    /** The same division among files, new tensors beside the embedding, unless they have a file already. */
    private Sharding untied(Sharding sharding, StoredLayout stored) {
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

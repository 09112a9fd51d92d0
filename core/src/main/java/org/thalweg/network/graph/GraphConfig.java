package org.thalweg.network.graph;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/**
 * Sizes of a mixture of graph experts.
 *
 * @param experts how many
 * @param expert sizes of one
 * @param isPromptShared whether all experts have one prompt
 * @param classes of nodes; none for a network that answers with what each expert makes of each node
 */
public record GraphConfig(
        int experts, Experts.GraphConvolutions expert, boolean isPromptShared, OptionalInt classes) {
    /** Refuses sizes that make no network. */
    public GraphConfig {
        if (IntStream.of(experts, expert.nodes(), expert.features(), expert.prompt(), expert.hidden(),
                expert.embedding()).anyMatch(size -> size < 1)) {
            throw new WrongUse("graph experts have 1 or more of everything, not " + experts + " of " + expert + ".");
        }
        if (classes.isPresent() && (classes.getAsInt() < 2 || classes.getAsInt() > expert.embedding())) {
            throw new WrongUse("a classifier of nodes has 2 classes or more and no more than the "
                    + expert.embedding() + " numbers of an embedding, not " + classes.getAsInt()
                    + "; make the embedding longer.");
        }
    }

    /** The same experts under a classifier. */
    public GraphConfig withClasses(int count) {
        return new GraphConfig(experts, expert, isPromptShared, OptionalInt.of(count));
    }

    MoeLayer layer() {
        return new MoeLayer(experts, expert, new Router.Confidence(experts), false, Optional.empty());
    }
}

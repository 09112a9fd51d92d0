package org.thalweg.network.graph;

import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/**
 * Sizes of a mixture of graph experts.
 *
 * @param nodes of every graph
 * @param features of a node
 * @param experts how many
 * @param expert sizes of one
 * @param classes of nodes; none for a network that answers with what each expert makes of each node
 */
public record GraphConfig(int nodes, int features, int experts, Expert expert, OptionalInt classes) {
    /**
     * Sizes of one expert.
     *
     * @param prompt length of its prompt
     * @param isPromptShared whether all experts have one prompt
     * @param hidden units
     * @param embedding length of what it makes of a node
     */
    public record Expert(int prompt, boolean isPromptShared, int hidden, int embedding) {}

    /** Refuses sizes that make no network. */
    public GraphConfig {
        int least = Math.min(Math.min(nodes - 1, features), Math.min(experts, Math.min(
                expert.prompt, Math.min(expert.hidden, expert.embedding))));
        if (least < 1) {
            throw new WrongUse("graph experts need 2 nodes and 1 feature, expert, number of a prompt, hidden unit and "
                    + "number of an embedding or more, not " + nodes + ", " + features + ", " + experts + ", "
                    + expert.prompt + ", " + expert.hidden + " and " + expert.embedding + ".");
        }
        if (classes.isPresent() && (classes.getAsInt() < 2 || classes.getAsInt() > expert.embedding)) {
            throw new WrongUse("a classifier of nodes needs 2 classes or more and no more than the " + expert.embedding
                    + " numbers of an embedding, not " + classes.getAsInt() + "; make the embedding longer.");
        }
    }

    /** The same experts under a classifier. */
    public GraphConfig withClasses(int count) {
        return new GraphConfig(nodes, features, experts, expert, OptionalInt.of(count));
    }

    /** The layer of experts, mixed by confidence. */
    MoeLayer layer() {
        return new MoeLayer(experts, new Experts.GraphConvolutions(
                nodes, features, expert.prompt, expert.hidden, expert.embedding),
                new Router.Confidence(experts), false, Optional.empty());
    }

    /** Numbers of one graph: its adjacency and its features. */
    int inputs() {
        return nodes * (nodes + features);
    }
}

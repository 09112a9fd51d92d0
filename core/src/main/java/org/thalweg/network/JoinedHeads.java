package org.thalweg.network;

import java.util.Map;
import java.util.Optional;

/**
 * How attention heads of several models of one network become heads of one model whose circuits are weighted sums of
 * theirs. A head's query-key circuit W_Qᵀ W_K and value-output circuit W_O W_V, biases included, are products of two
 * maps; a weighted sum Σ w_m U_m V_m of such products is the product of the maps √w_m U_m side by side and √w_m V_m
 * under one another, a head that is wider by the number of models. No circuit is ever computed as a matrix.
 */
public sealed interface JoinedHeads {
    /**
     * Wider heads.
     *
     * @param network runs models with such heads; all else as in the network of the models, scales of scores too
     * @param tensors along which axis the heads lie in tensors of heads, by name; all other tensors are averaged
     * @param kept why queries and keys are averaged as they are stored, a clause; nothing when query-key circuits are
     *     summed too
     */
    record Wider(Network network, Map<String, HeadAxis> tensors, Optional<String> kept) implements JoinedHeads {
        /** Copies the map. */
        public Wider {
            tensors = Map.copyOf(tensors);
        }
    }

    /**
     * No such heads.
     *
     * @param why a clause
     */
    record None(String why) implements JoinedHeads {}
}

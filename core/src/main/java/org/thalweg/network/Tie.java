package org.thalweg.network;

import java.util.Map;

/**
 * An embedding that serves as the head too.
 *
 * @param embedding name of the tensor
 * @param untied the tensors that a model with a head of its own has beside it: for each the factor of the embedding
 *     that leaves the function as it is; none where the architecture cannot have one
 * @param lastGain name of the gain of the norm in front of the head
 */
public record Tie(String embedding, Map<String, Double> untied, String lastGain) {
    /** Copies the map. */
    public Tie {
        untied = Map.copyOf(untied);
    }
}

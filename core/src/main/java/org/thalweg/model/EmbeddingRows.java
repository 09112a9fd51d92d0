package org.thalweg.model;

import java.util.OptionalInt;
import org.thalweg.network.Inputs;

/**
 * How many tokens the embeddings of two models have rows for.
 *
 * @param a of A, if its network is known and takes tokens
 * @param b of B, likewise
 */
public record EmbeddingRows(OptionalInt a, OptionalInt b) {
    static EmbeddingRows of(DiffedModel a, DiffedModel b) {
        return new EmbeddingRows(of(a), of(b));
    }

    private static OptionalInt of(DiffedModel model) {
        if (model.network().isEmpty()) {
            return OptionalInt.empty();
        }
        return switch (model.network().get().inputs()) {
            case Inputs.Texts(int vocabulary, int _) -> OptionalInt.of(vocabulary);
            case Inputs.Pairs(int vocabulary) -> OptionalInt.of(vocabulary);
            case Inputs.Images _, Inputs.Vectors _ -> OptionalInt.empty();
        };
    }
}

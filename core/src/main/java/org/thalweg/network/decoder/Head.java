package org.thalweg.network.decoder;

import java.util.OptionalDouble;
import org.thalweg.network.UnitFunction;

/** What stands behind the layers and the last norm. */
public sealed interface Head {
    /**
     * A map to the vocabulary.
     *
     * @param tied whether it is the embedding
     * @param factor of the logits
     * @param softCap bound c of the logits z, which become c · tanh(z / c)
     * @param bias whether a bias is added, which no tie touches (ERNIE 4.5)
     */
    record Vocabulary(boolean tied, double factor, OptionalDouble softCap, boolean bias) implements Head {
        /** A map without bias. */
        public Vocabulary(boolean tied, double factor, OptionalDouble softCap) {
            this(tied, factor, softCap, false);
        }

        /** A plain map. */
        public Vocabulary(boolean tied) {
            this(tied, 1, OptionalDouble.empty());
        }
    }

    /**
     * A map, a non-linearity and a norm, then the embedding and a bias (BERT).
     *
     * @param function the non-linearity
     */
    record Masked(UnitFunction function) implements Head {}

    /** Nothing: the outputs are the normalised stream itself. */
    record Body() implements Head {}

    /** Nothing but a map of the first token with tanh behind it, which is put behind the stream (BERT). */
    record Pooler() implements Head {}

    /**
     * A map of every token to the classes.
     *
     * @param classes how many
     */
    record Classes(int classes) implements Head {}

    /**
     * A pooler, then a map with a bias to the classes (BERT).
     *
     * @param classes how many
     */
    record PooledClasses(int classes) implements Head {}

    /** Outputs for each token. */
    default int width(int vocabulary, int residual) {
        return switch (this) {
            case Vocabulary _, Masked _ -> vocabulary;
            case Body _, Pooler _ -> residual;
            case Classes(int classes) -> classes;
            case PooledClasses(int classes) -> classes;
        };
    }

    /** Whether the stream itself leaves the network, so that its basis is not free. */
    default boolean showsStream() {
        return this instanceof Body || this instanceof Pooler;
    }
}

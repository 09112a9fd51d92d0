package org.thalweg.network.decoder;

import java.util.Optional;

/**
 * What differs between the layers of one model.
 *
 * @param sparse experts instead of one feed-forward network
 * @param rope rotary positions, if the layer has any
 * @param span which tokens attention sees
 */
public record LayerPlan(boolean sparse, Optional<Rope> rope, Span span) {
    /** Which tokens a token attends to. */
    public sealed interface Span {
        /** All, later ones too (encoders). */
        record Everything() implements Span {}

        /** All earlier ones. */
        record Full() implements Span {}

        /**
         * The last ones, itself included.
         *
         * @param window how many
         */
        record Sliding(int window) implements Span {}

        /**
         * Those in the same chunk.
         *
         * @param length tokens of a chunk
         */
        record Chunked(int length) implements Span {}

        /**
         * Whether a token sees another.
         *
         * @param from position of the token that attends
         * @param to position of the other
         * @return whether it does
         */
        default boolean sees(int from, int to) {
            return switch (this) {
                case Everything() -> true;
                case Full() -> to <= from;
                case Sliding(int window) -> to <= from && from - to < window;
                case Chunked(int length) -> to <= from && from / length == to / length;
            };
        }
    }
}

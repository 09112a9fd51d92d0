package org.thalweg.network.decoder;

/**
 * What differs between the layers of one model.
 *
 * @param sparse experts instead of one feed-forward network
 * @param rotary whether rotary positions apply
 * @param span which earlier tokens attention sees
 */
public record LayerPlan(boolean sparse, boolean rotary, Span span) {
    /** Which tokens, besides none later than itself, a token attends to. */
    public sealed interface Span {
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
         * @return never true for later tokens
         */
        default boolean sees(int from, int to) {
            return to <= from
                    && switch (this) {
                        case Full() -> true;
                        case Sliding(int window) -> from - to < window;
                        case Chunked(int length) -> from / length == to / length;
                    };
        }
    }
}

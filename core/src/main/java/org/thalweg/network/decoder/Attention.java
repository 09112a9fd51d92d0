package org.thalweg.network.decoder;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Kinds of self-attention. */
public sealed interface Attention {
    /** Which of the four maps have biases. */
    enum Bias {
        /** None. */
        NONE,
        /** Query, key and value. */
        QUERY_KEY_VALUE,
        /** All four. */
        ALL;

        /** Whether queries, keys and values have biases. */
        boolean ofInputs() {
            return this != NONE;
        }

        /** Whether the output has a bias. */
        boolean ofOutput() {
            return this == ALL;
        }
    }

    /** Normalisation of queries and keys. */
    enum QueryKeyNorm {
        /** None. */
        NONE,
        /** Each head by itself, one gain [head_dim] for all heads, before rotation (Qwen3). */
        EACH_HEAD,
        /** All heads together, gain [heads·head_dim], before rotation (OLMoE, OLMo 2). */
        ALL_HEADS,
        /** Each head by itself, no gain, after rotation and only where there is rotation (Llama 4). */
        EACH_HEAD_WITHOUT_GAIN
    }

    /**
     * Lengthening of queries in layers without rotation (Llama 4): factor
     * {@code 1 + scale · ln(1 + ⌊(position + 1) / floor⌋)}.
     *
     * @param floor tokens
     * @param scale weight of the logarithm
     */
    record Temperature(double floor, double scale) {}

    /**
     * Multi-head attention in which groups of query heads may share a key and value head.
     *
     * @param heads query heads; a multiple of {@code keyHeads}
     * @param keyHeads key and value heads
     * @param headDim width of a head's queries and keys
     * @param valueDim width of a head's values, in families that of its queries
     * @param bias which maps have biases
     * @param norm normalisation of queries and keys
     * @param extras what few families have
     */
    record Grouped(
            int heads, int keyHeads, int headDim, int valueDim, Bias bias, QueryKeyNorm norm, Extras extras)
            implements Attention {
        /** Plain attention: one width for all, scores divided by its root. */
        public Grouped(int heads, int keyHeads, int headDim, Bias bias, QueryKeyNorm norm) {
            this(heads, keyHeads, headDim, headDim, bias, norm, Extras.plain(headDim));
        }

        /** The same with other extras. */
        public Grouped with(Extras others) {
            return new Grouped(heads, keyHeads, headDim, valueDim, bias, norm, others);
        }
    }

    /**
     * Rare parts of grouped attention.
     *
     * @param scale factor of the scores
     * @param sinks whether each head has a score for attending to nothing (gpt-oss)
     * @param clip bound of the absolute values of queries, keys and values (OLMoE)
     * @param softCap bound c of the scores s, which become c · tanh(s / c) (Gemma 2)
     * @param temperature lengthening of queries (Llama 4)
     */
    record Extras(
            double scale,
            boolean sinks,
            OptionalDouble clip,
            OptionalDouble softCap,
            Optional<Temperature> temperature) {
        /** The usual scale and nothing else. */
        public static Extras plain(int headDim) {
            return new Extras(
                    1 / Math.sqrt(headDim), false, OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty());
        }

        /** These with another factor of the scores. */
        public Extras scaledBy(double factor) {
            return new Extras(factor, sinks, clip, softCap, temperature);
        }

        /** These with sinks. */
        public Extras withSinks() {
            return new Extras(scale, true, clip, softCap, temperature);
        }

        /** These with a bound of queries, keys and values. */
        public Extras clippedAt(OptionalDouble bound) {
            return new Extras(scale, sinks, bound, softCap, temperature);
        }

        /** These with a soft cap of the scores. */
        public Extras cappedAt(OptionalDouble bound) {
            return new Extras(scale, sinks, clip, bound, temperature);
        }

        /** These with a lengthening of queries. */
        public Extras withTemperature(Optional<Temperature> some) {
            return new Extras(scale, sinks, clip, softCap, some);
        }
    }

    /**
     * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): keys and values come from one
     * compressed vector per token, and one rotary key serves all heads.
     *
     * @param heads heads
     * @param queryRank width of the compressed query, if queries are compressed
     * @param latentRank width of the compressed keys and values
     * @param head widths of a head's parts
     * @param bias whether the maps to the compressed vectors and the output map have biases
     * @param scale factor of the scores
     */
    record Latent(int heads, OptionalInt queryRank, int latentRank, HeadParts head, boolean bias, double scale)
            implements Attention {}

    /**
     * Parts of a head in latent attention.
     *
     * @param plain width of the part of query and key without position
     * @param rotary width of the part with rotary position
     * @param value width of the value
     */
    record HeadParts(int plain, int rotary, int value) {
        /** Width of query and key. */
        public int query() {
            return plain + rotary;
        }
    }
}

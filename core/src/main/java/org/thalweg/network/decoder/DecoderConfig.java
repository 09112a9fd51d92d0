package org.thalweg.network.decoder;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.moe.MoeLayer;

/**
 * Sizes and parts of a decoder-only Transformer, or, with spans that see later tokens too, of an encoder.
 *
 * @param embedding what stands before the layers
 * @param head what stands behind them
 * @param residual width of the residual stream
 * @param block how sublayers, norms and stream are connected
 * @param attention the same in every layer but for {@code layers}
 * @param dense feed-forward network of layers that are not sparse
 * @param moe experts of sparse layers; present when any layer is sparse
 * @param layers what each layer is
 */
public record DecoderConfig(
        Embedding embedding,
        Head head,
        int residual,
        Block block,
        Attention attention,
        Dense dense,
        Optional<MoeLayer> moe,
        List<LayerPlan> layers) {
    /**
     * Embedding of tokens.
     *
     * @param vocabulary tokens
     * @param positions learned positions, if any
     * @param factor of the embedded tokens
     * @param types token types, with a norm behind the sum (BERT): every token is of type 0 here
     */
    public record Embedding(int vocabulary, Optional<Positions> positions, double factor, OptionalInt types) {
        /** Tokens alone. */
        public static Embedding of(int vocabulary) {
            return new Embedding(vocabulary, Optional.empty(), 1, OptionalInt.empty());
        }

        /** The same with a factor. */
        public Embedding times(double another) {
            return new Embedding(vocabulary, positions, another, types);
        }
    }

    /**
     * Learned positions.
     *
     * @param rows how many there are
     * @param padding the token that does not count and stands at the position of its own number; the first other token
     *     stands at the next one (RoBERTa)
     */
    public record Positions(int rows, OptionalInt padding) {
        /** Tokens of the longest text. */
        public int longest() {
            return rows - (padding.isPresent() ? padding.getAsInt() + 1 : 0);
        }

        /** The position of each token of a text [batch tokens], flat. */
        int[] of(long[] ids, int tokens) {
            int[] positions = new int[ids.length];
            int next = 0;
            for (int i = 0; i < ids.length; i++) {
                if (i % tokens == 0) {
                    next = padding.isPresent() ? padding.getAsInt() + 1 : 0;
                }
                boolean counts = padding.isEmpty() || ids[i] != padding.getAsInt();
                positions[i] = counts ? next++ : padding.getAsInt();
            }
            return positions;
        }
    }

    /** Where the norms of a layer stand. */
    public enum NormPlace {
        /** In front of each sublayer. */
        BEFORE,
        /** Behind each sublayer, in front of the sum (OLMo 2). */
        BEHIND,
        /** In front of each sublayer and behind it (Gemma 2). */
        AROUND,
        /** Behind the sum with the stream (BERT); there is no norm behind the last layer. */
        AFTER_SUM
    }

    /**
     * How sublayers, norms and stream are connected.
     *
     * @param norm kind of every norm of the stream
     * @param place where they stand
     * @param factor of what a sublayer adds to the stream
     * @param parallel whether attention and feed-forward network read the same stream (GPT-NeoX)
     */
    public record Block(Norm norm, NormPlace place, double factor, boolean parallel) {
        /** The usual block: a norm in front of each sublayer. */
        public static Block pre(Norm norm) {
            return new Block(norm, NormPlace.BEFORE, 1, false);
        }
    }

    /**
     * A dense feed-forward network.
     *
     * @param width hidden units
     * @param units their non-linearity
     * @param bias whether its maps have biases
     */
    public record Dense(int width, HiddenUnits units, boolean bias) {}

    /** Copies the list and refuses parts that do not fit together. */
    public DecoderConfig {
        layers = List.copyOf(layers);
        require(!layers.isEmpty(), "a decoder needs at least one layer");
        if (attention instanceof Attention.Grouped grouped) {
            require(grouped.heads() % grouped.keyHeads() == 0, "config.json asks for " + grouped.heads()
                    + " query heads on " + grouped.keyHeads() + " key heads; the first must be a multiple");
        }
        int width = switch (attention) {
            case Attention.Grouped grouped -> grouped.headDim();
            case Attention.Latent latent -> latent.head().rotary();
        };
        layers.forEach(layer -> layer.rope().ifPresent(rope -> require(
                rope.width() % 2 == 0 && rope.width() > 0 && rope.width() <= width,
                "config.json asks for rotary positions of " + rope.width() + " coordinates in heads of width " + width
                        + "; it must be an even number from 2 and no more")));
        require(moe.isPresent() || layers.stream().noneMatch(LayerPlan::sparse),
                "config.json asks for sparse layers but names no experts");
        int count = moe.map(MoeLayer::count).orElse(0);
        // Keeps a damaged config.json from asking for a table of names that fills the memory.
        require((long) count * layers.size() <= 1 << 18, "config.json asks for " + count + " experts in each of "
                + layers.size() + " layers, more than " + (1 << 18) + " in all");
    }

    /** The same with norms that do not subtract the mean. */
    DecoderConfig withoutMeans() {
        return new DecoderConfig(embedding, head, residual,
                new Block(block.norm().withoutMean(), block.place(), block.factor(), block.parallel()), attention,
                dense, moe, layers);
    }

    /** The same with other attention. */
    DecoderConfig with(Attention other) {
        return new DecoderConfig(embedding, head, residual, block, other, dense, moe, layers);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new WorkFailure(sentence);
        }
    }
}

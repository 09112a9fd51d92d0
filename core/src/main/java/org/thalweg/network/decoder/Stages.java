package org.thalweg.network.decoder;

/**
 * The stages of a decoder: the embedding; for each layer its attention, then its feed-forward network or experts, or
 * both in one where they are parallel; the head.
 */
final class Stages {
    private Stages() {}

    static int count(DecoderConfig config) {
        return (config.block().parallel() ? 1 : 2) * config.layers().size() + 2;
    }

    static int attention(DecoderConfig config, int layer) {
        return config.block().parallel() ? layer + 1 : 2 * layer + 1;
    }

    static int feedForward(DecoderConfig config, int layer) {
        return config.block().parallel() ? layer + 1 : 2 * layer + 2;
    }

    static int layer(DecoderConfig config, int stage) {
        return config.block().parallel() ? stage - 1 : (stage - 1) / 2;
    }

    static String name(DecoderConfig config, int stage) {
        if (stage == 0) {
            return "embedding";
        }
        if (stage == count(config) - 1) {
            return "head";
        }
        int layer = layer(config, stage);
        return "layer " + layer + (config.block().parallel() ? ""
                : stage == attention(config, layer) ? ", attention" : ", feed-forward network");
    }
}

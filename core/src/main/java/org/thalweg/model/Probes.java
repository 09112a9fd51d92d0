package org.thalweg.model;

import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Mlp;
import org.thalweg.network.Network;
import org.thalweg.network.Vit;
import org.thalweg.network.VitConfig;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.DeclaredTensor;
import org.thalweg.network.encoderdecoder.SwitchTransformer;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Random inputs of a network. */
sealed interface Probes {
    /** Sequences of uniformly random tokens. */
    record Texts(int vocabulary, int length) implements Probes {
        @Override
        public Tensor draw(long seed, int start, int count) {
            return source(seed, start).uniform(DType.FLOAT64, 0, vocabulary, count, length).to(DType.INT64);
        }

        @Override
        public long outputs() {
            return (long) vocabulary * length;
        }

        @Override
        public String toString() {
            return "texts of up to " + length + " of " + vocabulary + " tokens";
        }
    }

    /** Pairs of such sequences, for an encoder and its decoder. */
    record Pairs(int vocabulary, int length) implements Probes {
        @Override
        public Tensor draw(long seed, int start, int count) {
            return source(seed, start).uniform(DType.FLOAT64, 0, vocabulary, count, 2, length).to(DType.INT64);
        }

        @Override
        public long outputs() {
            return (long) vocabulary * length;
        }

        @Override
        public String toString() {
            return "pairs of texts of up to " + length + " of " + vocabulary + " tokens";
        }
    }

    /** Vectors of standard normal numbers. */
    record Vectors(int inputs, int classes) implements Probes {
        @Override
        public Tensor draw(long seed, int start, int count) {
            return source(seed, start).normal(DType.FLOAT64, count, inputs);
        }

        @Override
        public long outputs() {
            return classes;
        }

        @Override
        public String toString() {
            return "vectors of " + inputs + " numbers in " + classes + " classes";
        }
    }

    /** Images of standard normal pixels. */
    record Images(VitConfig.Image image, int classes) implements Probes {
        @Override
        public Tensor draw(long seed, int start, int count) {
            return source(seed, start)
                    .normal(DType.FLOAT64, count, image.channels(), image.height(), image.width());
        }

        @Override
        public long outputs() {
            return classes;
        }

        @Override
        public String toString() {
            return "images of " + image.channels() + " x " + image.height() + " x " + image.width() + " in " + classes
                    + " classes";
        }
    }

    /** Tokens of a probe: enough for windows and chunks of small models, few enough for large ones. */
    int LENGTH = 24;

    /**
     * Inputs number {@code start} and after: [count length] tokens, [count 2 length], [count inputs] or
     * [count channels height width].
     */
    Tensor draw(long seed, int start, int count);

    /** How many numbers the network returns for one of them. */
    long outputs();

    private static Random source(long seed, int start) {
        return Random.seeded(Random.childSeed(seed, "probes." + start));
    }

    static Probes of(Network network) {
        return switch (network) {
            case Vit vit -> new Images(vit.config().image(), vit.config().classes());
            case Decoder decoder -> {
                DecoderConfig.Ends ends = decoder.config().ends();
                yield new Texts(ends.vocabulary(), Math.min(LENGTH, ends.positions().orElse(LENGTH)));
            }
            case SwitchTransformer pair -> new Pairs(pair.config().vocabulary(), LENGTH);
            case Mlp mlp -> new Vectors(mlp.config().sizes().getFirst(), mlp.config().sizes().getLast());
            default -> throw new IllegalStateException("no probes for a " + network.getClass().getSimpleName());
        };
    }

    /** Refuses two models that are no functions of the same kind, or not of the same family. */
    default void requireEqual(ModelDirectory first, ModelDirectory second, Probes others) {
        String one = first.checkpoint().directory().toString();
        String other = second.checkpoint().directory().toString();
        if (!first.architecture().name().equals(second.architecture().name())) {
            throw new WorkFailure("the models have different architectures, so they are not compared: " + one + " is '"
                    + first.architecture().name() + "', " + other + " is '" + second.architecture().name() + "'.");
        }
        if (!equals(others)) {
            throw new WorkFailure("the models have different inputs or outputs, so they are not compared: " + one
                    + " has " + this + ", " + other + " has " + others + ".");
        }
    }

    /** Refuses tensors that the configuration asks for and that are not there or have another shape. */
    static void requireTensors(Network network, Parameters parameters) {
        switch (network) {
            case Decoder decoder -> decoder.require(parameters);
            case SwitchTransformer pair -> DeclaredTensor.require(pair.tensors(), parameters);
            // Their sizes were held against the configuration when the model was opened.
            default -> { }
        }
    }
}

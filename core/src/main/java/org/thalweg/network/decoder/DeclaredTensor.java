package org.thalweg.network.decoder;

import java.util.List;

/**
 * A tensor that a decoder reads.
 *
 * @param name in the checkpoint
 * @param shape lengths of the axes
 * @param stage the first stage that reads it
 * @param filling how {@link Decoder#initialise} fills it
 */
public record DeclaredTensor(String name, List<Long> shape, int stage, Filling filling) {
    /** Random contents. */
    public sealed interface Filling {
        /**
         * Uniform in ±range.
         *
         * @param range half the width of the interval
         */
        record Uniform(double range) implements Filling {}

        /**
         * Normal numbers.
         *
         * @param mean their mean
         * @param deviation their standard deviation
         */
        record Normal(double mean, double deviation) implements Filling {}
    }

    /** Copies the shape. */
    public DeclaredTensor {
        shape = List.copyOf(shape);
    }

    long[] lengths() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}

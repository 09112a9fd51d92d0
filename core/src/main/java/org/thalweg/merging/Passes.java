package org.thalweg.merging;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.ParallelWork;
import org.thalweg.tensor.Tensor;

/**
 * Passes over many numbers, block after block. Parts of a million numbers are worked on by several threads where
 * libtorch's operations are; sums are formed part by part, so they do not depend on how many threads there are.
 */
final class Passes {
    /** Numbers of a part: a multiple of 64, so that no two parts share a word of {@link Places}. */
    private static final long PART = 1 << 20;
    private static final int BLOCK = 1 << 12;

    /** Looks at a block. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes the next numbers.
         *
         * @param start where the first of them stands
         * @param block holds them from its beginning; may be overwritten
         * @param length how many
         */
        void visit(long start, double[] block, int length);
    }

    /**
     * Neighbouring numbers.
     *
     * @param start the first
     * @param end behind the last
     */
    record Part(long start, long end) {
        /**
         * Visits all of them in order.
         *
         * @param numbers where they are read
         * @param visitor told of each block
         */
        void visit(Numbers numbers, Visitor visitor) {
            double[] block = new double[(int) Math.min(BLOCK, end - start)];
            for (long at = start; at < end; at += block.length) {
                int length = (int) Math.min(block.length, end - at);
                numbers.read(at, block, length);
                visitor.visit(at, block, length);
            }
        }
    }

    private Passes() {}

    /**
     * Does some work on each part.
     *
     * @param size how many numbers there are
     * @param work called once for each part, from several threads
     * @return what came out, in the order of the parts
     */
    static <T> List<T> parts(long size, Function<Part, T> work) {
        return ParallelWork.map(Math.toIntExact(Math.ceilDiv(size, PART)),
                part -> work.apply(new Part(part * PART, Math.min(size, (part + 1) * PART))));
    }

    /**
     * Does some work on each part.
     *
     * @param size how many numbers there are
     * @param work called once for each part, from several threads
     */
    static void forEach(long size, Consumer<Part> work) {
        parts(size, part -> {
            work.accept(part);
            return part;
        });
    }

    /**
     * The sum of all numbers.
     *
     * @param numbers finite
     * @param size how many
     * @return the sum of the parts' sums
     */
    static double sum(Numbers numbers, long size) {
        List<Double> sums = parts(size, part -> {
            double[] sum = new double[1];
            part.visit(numbers, (_, block, length) -> {
                for (int i = 0; i < length; i++) {
                    sum[0] += block[i];
                }
            });
            return sum[0];
        });
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }

    /**
     * Puts numbers into a tensor.
     *
     * @param numbers as many as the shape holds
     * @param shape lengths of the axes
     * @return in float64, in the current scope
     */
    static Tensor tensor(Numbers numbers, long... shape) {
        return Tensor.filledBy(memory -> write(numbers, memory), DType.FLOAT64, shape);
    }

    private static void write(Numbers numbers, MemorySegment memory) {
        forEach(memory.byteSize() / Double.BYTES, part -> part.visit(numbers, (start, block, length) ->
                MemorySegment.copy(block, 0, memory, ValueLayout.JAVA_DOUBLE, start * Double.BYTES, length)));
    }
}

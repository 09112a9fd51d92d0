package org.thalweg.tensor;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A large tensor, some positions of one axis at a time: so few numbers that they stay in a processor's cache in
 * float64, while what is made of them needs no memory that is new each time. Several threads work on blocks, each on
 * one.
 *
 * @param axis that is cut
 * @param length of it
 * @param step positions a block
 */
public record Blocks(int axis, long length, long step) {
    /** Half a MiB in float64. */
    private static final long NUMBERS = 1L << 16;
    private static final int PARTS = 16;

    /**
     * Some positions.
     *
     * @param axis that is cut
     * @param first the first of them
     * @param count how many
     */
    public record Block(int axis, long first, long count) {
        /**
         * The numbers at these positions.
         *
         * @param tensor as long along the axis as the one that was cut
         * @return a view
         */
        public Tensor of(Tensor tensor) {
            return tensor.rank() == 0 ? tensor : tensor.narrow(axis, first, count);
        }
    }

    /**
     * Cuts a tensor along the axis that leaves blocks together in memory.
     *
     * @param tensor of any shape
     * @return its blocks, at least one
     */
    public static Blocks of(Tensor tensor) {
        int axis = 0;
        for (int other = 1; other < tensor.rank(); other++) {
            axis = isBetter(tensor, other, axis) ? other : axis;
        }
        return along(axis, tensor);
    }

    /**
     * Cuts a tensor along an axis.
     *
     * @param axis which
     * @param tensor of any shape
     * @return its blocks, at least one
     */
    public static Blocks along(int axis, Tensor tensor) {
        long length = tensor.rank() == 0 ? 1 : tensor.length(axis);
        return new Blocks(axis, length, Math.max(1, NUMBERS / Math.max(1, each(tensor, length))));
    }

    /** Numbers at a position. */
    private static long each(Tensor tensor, long length) {
        return tensor.size() / Math.max(1, length);
    }

    private static boolean isBetter(Tensor tensor, int one, int other) {
        boolean isFine = each(tensor, tensor.length(one)) <= NUMBERS;
        boolean isOtherFine = each(tensor, tensor.length(other)) <= NUMBERS;
        if (isFine != isOtherFine) {
            return isFine;
        }
        return isFine
                ? tensor.handle().stride(one) > tensor.handle().stride(other)
                : tensor.length(one) > tensor.length(other);
    }

    /**
     * Works on all blocks as {@link #map} does.
     *
     * @param work called with a scope of its own, by several threads; may write to its block of a tensor
     */
    public void forEach(Consumer<Block> work) {
        map(block -> {
            work.accept(block);
            return block;
        });
    }

    /**
     * Works on all blocks, as many at a time as an operation has threads.
     *
     * @param <T> what is made of a block: no tensor
     * @param work called with a scope of its own, by several threads
     * @return what was made of each, in their order
     */
    public <T> List<T> map(Function<Block, T> work) {
        return ParallelWork.map(count(), number -> {
            try (Scope scope = Scope.open()) {
                return work.apply(block(number));
            }
        });
    }

    /**
     * Adds up arrays, of neighbouring blocks in one part each, of which there are as many whatever the number of
     * threads, so that the result is the same.
     *
     * @param work makes an array of one length of each block; called with a scope of its own, by several threads
     * @return the sum
     */
    public double[] sum(Function<Block, double[]> work) {
        int parts = Math.min(PARTS, count());
        return ParallelWork.map(parts, part -> {
            int first = (int) ((long) count() * part / parts);
            int end = (int) ((long) count() * (part + 1) / parts);
            double[] sum = apply(work, first);
            for (int number = first + 1; number < end; number++) {
                add(apply(work, number), sum);
            }
            return sum;
        }).stream().reduce((sum, other) -> add(other, sum)).orElseThrow();
    }

    private double[] apply(Function<Block, double[]> work, int number) {
        try (Scope scope = Scope.open()) {
            return work.apply(block(number));
        }
    }

    private static double[] add(double[] some, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += some[i];
        }
        return sum;
    }

    private int count() {
        return Math.toIntExact(Math.max(1, Math.ceilDiv(length, step)));
    }

    private Block block(int number) {
        long first = number * step;
        return new Block(axis, first, Math.min(step, length - first));
    }
}

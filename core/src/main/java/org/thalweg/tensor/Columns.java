package org.thalweg.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * Columns of large matrices in another order and with other signs, in one pass and by several threads. libtorch takes
 * one thread for the order, several times as long for each number, and a second pass for the signs.
 */
public final class Columns {
    /** Fewer numbers are moved before a second thread has begun. */
    private static final long LARGE = 1L << 18;

    private Columns() {}

    /**
     * Whether {@link #select} takes a tensor.
     *
     * @param tensor any
     * @param axis which axis is to be moved
     * @return true where it is the last of many numbers that lie one behind the other, and nothing is recorded
     */
    public static boolean takes(Tensor tensor, int axis) {
        return tensor.size() >= LARGE && isPlain(tensor, axis);
    }

    private static boolean isPlain(Tensor tensor, int axis) {
        return axis == tensor.rank() - 1 && tensor.rank() > 1 && tensor.dtype().bytes() > 1
                && tensor.handle().is_contiguous() && tensor.handle().is_cpu() && !tensor.handle().requires_grad();
    }

    /**
     * Columns in another order.
     *
     * @param tensor [… columns] that is taken; not changed
     * @param order [chosen] numbers of columns
     * @return [… chosen], the same as {@link Tensor#indexSelect} along the last axis
     */
    static Tensor select(Tensor tensor, Tensor order) {
        return select(tensor, Arrays.stream(order.toLongs()).mapToInt(Math::toIntExact).toArray(), Optional.empty());
    }

    /**
     * Columns in another order.
     *
     * @param tensor [… columns] that is taken; not changed
     * @param order [chosen] numbers of columns
     * @return [… chosen], the same as {@link Tensor#indexSelect} along the last axis
     */
    public static Tensor select(Tensor tensor, int[] order) {
        int axis = tensor.rank() - 1;
        return isPlain(tensor, axis) ? select(tensor, order, Optional.empty())
                : tensor.indexSelect(axis, Tensor.indices(order));
    }

    /**
     * Columns in another order, some with the other sign.
     *
     * @param tensor [… columns] of floating numbers that is taken; not changed
     * @param order [chosen] numbers of columns
     * @param negative [chosen] whether a column of the result has the other sign
     * @return [… chosen]
     */
    public static Tensor select(Tensor tensor, int[] order, boolean[] negative) {
        if (!tensor.dtype().isFloating()) {
            throw new IllegalArgumentException("the sign of " + tensor.dtype() + " is no bit of its own");
        }
        return select(tensor, order, Optional.of(negative));
    }

    private static Tensor select(Tensor tensor, int[] order, Optional<boolean[]> negative) {
        long[] shape = tensor.shape();
        int width = Math.toIntExact(shape[shape.length - 1]);
        shape[shape.length - 1] = order.length;
        long rows = tensor.size() / width;
        int bits = tensor.dtype().bytes() * Byte.SIZE;
        long[] flips = new long[order.length];
        negative.ifPresent(chosen -> Arrays.setAll(flips, column -> chosen[column] ? 1L << bits - 1 : 0));
        int parts = tensor.size() < LARGE ? 1 : (int) Math.min(Engine.threadsPerOperation(), rows);
        return Tensor.filledBy(memory -> {
            Move move = new Move(tensor.contiguousBytes(), memory, width, order, flips);
            ParallelWork.forEach(parts, part ->
                    move.elements(bits, rows * part / parts, rows * (part + 1) / parts));
        }, tensor.dtype(), shape);
    }

    /**
     * Bits of rows on their way.
     *
     * @param from rows of {@code width} elements
     * @param to rows of as many elements as there are in {@code order}
     * @param flips by column of the result: bits that change
     */
    private record Move(MemorySegment from, MemorySegment to, int width, int[] order, long[] flips) {
        void elements(int bits, long first, long end) {
            switch (bits) {
                case Short.SIZE -> shorts(first, end);
                case Integer.SIZE -> ints(first, end);
                default -> longs(first, end);
            }
        }

        void shorts(long first, long end) {
            short[] row = new short[width];
            short[] moved = new short[order.length];
            for (long at = first; at < end; at++) {
                MemorySegment.copy(from, ValueLayout.JAVA_SHORT, at * width * Short.BYTES, row, 0, width);
                for (int column = 0; column < moved.length; column++) {
                    moved[column] = (short) (row[order[column]] ^ flips[column]);
                }
                MemorySegment.copy(
                        moved, 0, to, ValueLayout.JAVA_SHORT, at * moved.length * Short.BYTES, moved.length);
            }
        }

        void ints(long first, long end) {
            int[] row = new int[width];
            int[] moved = new int[order.length];
            for (long at = first; at < end; at++) {
                MemorySegment.copy(from, ValueLayout.JAVA_INT, at * width * Integer.BYTES, row, 0, width);
                for (int column = 0; column < moved.length; column++) {
                    moved[column] = (int) (row[order[column]] ^ flips[column]);
                }
                MemorySegment.copy(
                        moved, 0, to, ValueLayout.JAVA_INT, at * moved.length * Integer.BYTES, moved.length);
            }
        }

        void longs(long first, long end) {
            long[] row = new long[width];
            long[] moved = new long[order.length];
            for (long at = first; at < end; at++) {
                MemorySegment.copy(from, ValueLayout.JAVA_LONG, at * width * Long.BYTES, row, 0, width);
                for (int column = 0; column < moved.length; column++) {
                    moved[column] = row[order[column]] ^ flips[column];
                }
                MemorySegment.copy(
                        moved, 0, to, ValueLayout.JAVA_LONG, at * moved.length * Long.BYTES, moved.length);
            }
        }
    }
}

package org.thalweg.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A sum of matrix products, formed in place. It is a float32 matrix, beside which no second one of its size is made,
 * where its first factors are float32 or it has more than 2^24 entries, until large float64 factors are added; else a
 * float64 matrix. Lives until it is closed. For one thread.
 */
public final class ProductSum implements AutoCloseable {
    private static final long MOST_EXACT = 1L << 24;
    /** Numbers converted to float64 at a time. */
    private static final long BLOCK = 1L << 20;

    private final int size;
    /** Nothing before the first product. */
    private Optional<Tensor> sum = Optional.empty();

    /**
     * A sum of 0.
     *
     * @param size rows and columns
     */
    public ProductSum(int size) {
        this.size = size;
    }

    /**
     * Whether a sum has so many entries that it may be formed in float32.
     *
     * @param size rows and columns
     * @return true above 4,096
     */
    public static boolean isLarge(long size) {
        return size * size > MOST_EXACT;
    }

    /**
     * Rows and columns.
     *
     * @return how many
     */
    public int size() {
        return size;
    }

    /**
     * Adds {@code left rightᵀ}. Time O(size² k), memory beside a float64 sum one product, beside a float32 sum none.
     *
     * @param left [size k] floating, multiplied in float32 at least; not changed
     * @param right [size k] likewise
     */
    public void add(Tensor left, Tensor right) {
        boolean areNarrow = left.dtype() != DType.FLOAT64 && right.dtype() != DType.FLOAT64;
        boolean areExact = isExact(left) || isExact(right);
        if (sum.isEmpty()) {
            DType type = areNarrow || isLarge(size) && !areExact ? DType.FLOAT32 : DType.FLOAT64;
            sum = Optional.of(Scope.beyond(() -> left.to(type).matmul(right.to(type).transpose(0, 1))));
            return;
        }
        if (areExact && matrix().dtype() == DType.FLOAT32) {
            Tensor narrow = matrix();
            sum = Optional.of(Scope.beyond(() -> narrow.to(DType.FLOAT64)));
            narrow.close();
        }
        boolean isNarrow = matrix().dtype() == DType.FLOAT32;
        try (Scope scope = Scope.open()) {
            DType type = areNarrow || isNarrow ? DType.FLOAT32 : DType.FLOAT64;
            Tensor a = left.to(type);
            Tensor b = right.to(type).transpose(0, 1);
            if (isNarrow) {
                matrix().handle().addmm_(a.handle(), b.handle());
            } else {
                matrix().handle().add_(a.matmul(b).handle());
            }
        }
    }

    /** Weights of 64 bits, not a few numbers that are float64 for being few. */
    private static boolean isExact(Tensor factor) {
        return factor.dtype() == DType.FLOAT64 && factor.size() >= WorkingType.LARGE;
    }

    /** Replaces every entry by its absolute value. */
    public void makeAbsolute() {
        matrix().handle().abs_();
    }

    /**
     * The column of the largest entry of each row, after a number was taken from each column; the first where several
     * are equal.
     *
     * @param less [size] what is taken from each column
     * @return [size] columns
     */
    public int[] largestInRows(double[] less) {
        int[] columns = new int[less.length];
        int step = Math.clamp(BLOCK / less.length, 1, less.length);
        try (Scope scope = Scope.open()) {
            Tensor offsets = Tensor.of(less, 1, less.length);
            for (int first = 0; first < less.length; first += step) {
                try (Scope block = Scope.open()) {
                    long[] found = matrix().narrow(0, first, Math.min(step, less.length - first))
                            .subtract(offsets).argmax(1).toLongs();
                    for (int row = 0; row < found.length; row++) {
                        columns[first + row] = (int) found[row];
                    }
                }
            }
        }
        return columns;
    }

    /**
     * Whether {@code entry(i, j) <= row[i] + column[j]} everywhere but at one place in each row.
     *
     * @param row [size]
     * @param column [size]
     * @param except [size] the column that is not looked at in each row
     * @return false also where an entry is not a number
     */
    public boolean isBelow(double[] row, double[] column, int[] except) {
        long rows = Math.max(1, BLOCK / row.length);
        try (Scope scope = Scope.open()) {
            Tensor columns = Tensor.of(column, 1, column.length);
            Tensor left = Tensor.of(row, row.length, 1);
            Tensor places = Tensor.indices(except).unsqueeze(1);
            for (long first = 0; first < row.length; first += rows) {
                long taken = Math.min(rows, row.length - first);
                try (Scope block = Scope.open()) {
                    double largest = matrix().narrow(0, first, taken).to(DType.FLOAT64)
                            .subtract(left.narrow(0, first, taken)).subtract(columns)
                            .scatter(1, places.narrow(0, first, taken), Double.NEGATIVE_INFINITY).max();
                    if (!(largest <= 0)) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    /** The matrix [size size] itself; not to be changed, and not to be used after the sum is closed. */
    public Tensor matrix() {
        if (sum.isEmpty()) {
            sum = Optional.of(Scope.beyond(() ->
                    Tensor.zeros(isLarge(size) ? DType.FLOAT32 : DType.FLOAT64, size, size)));
        }
        return sum.get();
    }

    /**
     * Copies the entries, rounded to float.
     *
     * @param rows [size size] to be filled
     */
    public void copyTo(float[][] rows) {
        int step = Math.clamp(BLOCK / Math.max(1, rows.length), 1, Math.max(1, rows.length));
        for (int first = 0; first < rows.length; first += step) {
            try (Scope scope = Scope.open()) {
                int taken = Math.min(step, rows.length - first);
                MemorySegment bytes = matrix().narrow(0, first, taken).to(DType.FLOAT32).contiguousBytes();
                for (int row = 0; row < taken; row++) {
                    MemorySegment.copy(
                            bytes, ValueLayout.JAVA_FLOAT, 4L * row * rows.length, rows[first + row], 0, rows.length);
                }
            }
        }
    }

    @Override
    public void close() {
        sum.ifPresent(Tensor::close);
    }
}

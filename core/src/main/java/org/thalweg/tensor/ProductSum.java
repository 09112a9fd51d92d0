package org.thalweg.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A sum of matrix products, formed in place. Up to 2^24 entries it is a float64 matrix, so that only the products
 * themselves are rounded where their factors are float32; a larger sum of float32 products is a float32 matrix, beside
 * which no second one of its size is made. Belongs to the {@link Scope} that is open when it is made. For one thread.
 */
public final class ProductSum {
    private static final long MOST_EXACT = 1L << 24;
    /** Numbers converted to float64 at a time. */
    private static final long BLOCK = 1L << 20;

    private final Tensor sum;
    private boolean isRounded;

    /**
     * A sum of 0.
     *
     * @param size rows and columns
     */
    public ProductSum(int size) {
        this(size, DType.FLOAT32);
    }

    /**
     * A sum of 0.
     *
     * @param size rows and columns
     * @param large the type of a large sum, float32 or float64
     */
    public ProductSum(int size, DType large) {
        boolean isLarge = (long) size * size > MOST_EXACT;
        this.sum = Tensor.zeros(isLarge ? large : DType.FLOAT64, size, size);
        this.isRounded = sum.dtype() == DType.FLOAT32;
    }

    /**
     * Adds {@code left rightᵀ}. Time O(size² k), memory beside a float64 sum one product, beside a float32 sum none.
     *
     * @param left [size k] float32 or float64; not changed
     * @param right [size k] likewise
     */
    public void add(Tensor left, Tensor right) {
        boolean areNarrow = left.dtype() == DType.FLOAT32 && right.dtype() == DType.FLOAT32;
        isRounded |= areNarrow;
        try (Scope scope = Scope.open()) {
            DType type = areNarrow || sum.dtype() == DType.FLOAT32 ? DType.FLOAT32 : DType.FLOAT64;
            Tensor a = left.to(type);
            Tensor b = right.to(type).transpose(0, 1);
            if (sum.dtype() == DType.FLOAT32) {
                sum.handle().addmm_(a.handle(), b.handle());
            } else {
                sum.handle().add_(a.matmul(b).handle());
            }
        }
    }

    /** Replaces every entry by its absolute value. */
    public void makeAbsolute() {
        sum.handle().abs_();
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
                    long[] found = sum.narrow(0, first, Math.min(step, less.length - first))
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
                    double largest = sum.narrow(0, first, taken).to(DType.FLOAT64)
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

    /** Whether a product or the sum was formed in float32. */
    public boolean isRounded() {
        return isRounded;
    }

    /** The matrix [size size] itself; not to be changed. */
    public Tensor matrix() {
        return sum;
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
                MemorySegment bytes = sum.narrow(0, first, taken).to(DType.FLOAT32).contiguousBytes();
                for (int row = 0; row < taken; row++) {
                    MemorySegment.copy(
                            bytes, ValueLayout.JAVA_FLOAT, 4L * row * rows.length, rows[first + row], 0, rows.length);
                }
            }
        }
    }
}

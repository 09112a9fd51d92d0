package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.ParallelWork;
import org.thalweg.tensor.ReadAhead;
import org.thalweg.tensor.ReusedMemory;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Distances of Gram matrices, {@code ‖XᵢᵀXᵢ - YⱼᵀYⱼ‖²}, which do not change when the rows of a matrix are permuted or
 * change their signs (arXiv 2509.11348, Eq 11).
 *
 * <p>For n matrices X [h d] a side there are two ways, of which the one with fewer multiplications is taken. Either
 * all XᵀX are formed, a block of rows at a time, O(n h d² + n² d²) time; or {@code ‖XXᵀ‖² + ‖YYᵀ‖² - 2‖XYᵀ‖²} is taken,
 * whose matrices are [h h], O(n² h² d) time: for few matrices with few rows. Matrices are read one at a time and again
 * for every block. Memory: about 0.8 GB, or a few times one row of every Gram matrix, or one matrix and h² numbers,
 * where that is more. Products are in the type of the matrices, squares and their sums in float64, since entries are
 * fourth powers of weights. Deterministic; nothing is changed.
 */
public final class GramDistances {
    /** Bytes of Gram matrices, or of matrices, held at a time for both sides together. */
    private static final long BLOCK = 1L << 29;
    /** Numbers of one side in float64 at a time, half a MiB: they stay in a processor's cache. */
    private static final long CONVERTED = 1L << 16;
    /** Matrices with so many columns take long to read. */
    private static final long READ_AHEAD = 1024;

    /** Of wider Gram matrices only the diagonal strips and what is right of them are formed: 9 of 16 parts. */
    private static final long WIDE = 256;
    private static final long STRIPS = 8;
    /** Calls for fewer rows cost more than is saved. */
    private static final long NARROWEST = 64;

    private GramDistances() {}

    /**
     * Matrices of one shape and element type.
     *
     * @param count how many
     * @param read gives one of them, [h d], in the scope that is open; not changed
     */
    public record Matrices(int count, IntFunction<Tensor> read) {
        /**
         * Matrices in memory.
         *
         * @param matrices at least one, all of one shape
         * @return the same
         */
        public static Matrices of(List<Tensor> matrices) {
            return new Matrices(matrices.size(), matrices::get);
        }

        Tensor get(int index) {
            return read.apply(index);
        }
    }

    /** What one matrix is like. */
    private record Shape(long rows, long columns, DType type) {
        static Shape of(Matrices matrices) {
            try (Scope scope = Scope.open()) {
                Tensor first = matrices.get(0);
                return new Shape(first.length(0), first.length(1), first.dtype());
            }
        }
    }

    /**
     * All distances.
     *
     * @param x matrices [h d], all of one shape
     * @param y as many of the same shape
     * @return the squared distance of {@code x[i]} and {@code y[j]} in row i, column j
     */
    public static double[][] squared(Matrices x, Matrices y) {
        ReusedMemory.releaseUnused();
        Shape shape = Shape.of(x);
        double n = x.count();
        double h = shape.rows();
        double d = shape.columns();
        return (h + n) * d <= n * h * h ? byGramMatrices(x, y, BLOCK) : byProducts(x, y, BLOCK);
    }

    /** Through Gram matrices of which at most a number of bytes is held, but one row of each at least. */
    static double[][] byGramMatrices(Matrices x, Matrices y, long block) {
        Shape shape = Shape.of(x);
        int count = x.count();
        long width = shape.columns();
        long rows = Math.clamp(block / (2 * count * width * shape.type().bytes()), 1, width);
        try (Scope scope = Scope.open()) {
            Tensor sum = Tensor.zeros(DType.FLOAT64, count, count);
            for (long first = 0; first < width; first += rows) {
                try (Scope one = Scope.open()) {
                    long taken = Math.min(rows, width - first);
                    addDistances(sum, grams(x, shape, first, taken), grams(y, shape, first, taken));
                }
            }
            return rows(sum, count);
        }
    }

    /** Rows of the Gram matrices of some matrices, [count numbers]; a large matrix is read during the one before. */
    private static Tensor grams(Matrices matrices, Shape shape, long first, long rows) {
        List<Part> parts = Part.of(shape.columns(), first, rows);
        Tensor grams = Tensor.zeros(shape.type(), matrices.count(), parts.stream().mapToLong(Part::size).sum());
        if (shape.columns() >= READ_AHEAD) {
            // A matrix in memory must not be closed: what is read ahead is a view of its own.
            List<Supplier<Tensor>> readings = IntStream.range(0, matrices.count())
                    .<Supplier<Tensor>>mapToObj(i -> () -> matrices.get(i).transpose(0, 0)).toList();
            PrimitiveIterator.OfInt next = IntStream.range(0, matrices.count()).iterator();
            new ReadAhead<Tensor>(List::of).forEach(readings, x -> fill(grams.select(0, next.nextInt()), parts, x));
            return grams;
        }
        ParallelWork.map(matrices.count(), i -> {
            try (Scope one = Scope.open()) {
                fill(grams.select(0, i), parts, matrices.get(i));
                return i;
            }
        });
        return grams;
    }

    private static void fill(Tensor gram, List<Part> parts, Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor scaled = parts.stream().anyMatch(Part::isTwice) ? x.multiply(Math.sqrt(2)) : x;
            long start = 0;
            for (Part part : parts) {
                Tensor right = (part.isTwice() ? scaled : x).narrow(1, part.column(), part.columns());
                gram.narrow(0, start, part.size()).copyInPlace(
                        x.narrow(1, part.row(), part.rows()).transpose(0, 1).matmul(right).reshape(-1));
                start += part.size();
            }
        }
    }

    /**
     * A block of Gram matrices.
     *
     * @param row the first
     * @param rows how many
     * @param column the first
     * @param columns how many
     * @param isTwice whether it stands for its transpose too, so that its entries count √2 times
     */
    private record Part(long row, long rows, long column, long columns, boolean isTwice) {
        /** As much of some rows as is not to be had from other rows, since a Gram matrix is symmetric. */
        static List<Part> of(long width, long first, long rows) {
            if (width < WIDE) {
                return List.of(new Part(first, rows, 0, width, false));
            }
            List<Part> parts = new ArrayList<>();
            long step = Math.max(NARROWEST, width / STRIPS);
            for (long from = first; from < first + rows; from += step) {
                long taken = Math.min(step, first + rows - from);
                parts.add(new Part(from, taken, from, taken, false));
                parts.add(new Part(from, taken, from + taken, width - from - taken, true));
            }
            return parts;
        }

        long size() {
            return rows * columns;
        }
    }

    private static void addDistances(Tensor sum, Tensor x, Tensor y) {
        long size = x.length(1);
        int parts = Math.clamp(size * x.length(0) / CONVERTED, 1, Engine.threadsPerOperation());
        List<double[]> sums = ParallelWork.map(parts, part -> {
            long first = size * part / parts;
            long taken = size * (part + 1) / parts - first;
            try (Scope scope = Scope.open()) {
                return distances(x.narrow(1, first, taken), y.narrow(1, first, taken)).toDoubles();
            }
        });
        for (double[] found : sums) {
            try (Scope scope = Scope.open()) {
                sum.copyInPlace(sum.add(Tensor.of(found, sum.shape())));
            }
        }
    }

    /** Squared distances of rows, some columns at a time. */
    private static Tensor distances(Tensor x, Tensor y) {
        long size = x.length(1);
        long step = Math.max(1, CONVERTED / x.length(0));
        Tensor sum = Tensor.zeros(DType.FLOAT64, x.length(0), y.length(0));
        for (long first = 0; first < size; first += step) {
            try (Scope block = Scope.open()) {
                long taken = Math.min(step, size - first);
                Tensor left = x.narrow(1, first, taken).to(DType.FLOAT64);
                Tensor right = y.narrow(1, first, taken).to(DType.FLOAT64);
                // What all have in common does not change a distance but would cancel badly.
                Tensor mean = left.mean(0, true).add(right.mean(0, true)).multiply(0.5);
                sum.copyInPlace(sum.add(squaredDistances(left.subtract(mean), right.subtract(mean))));
            }
        }
        return sum;
    }

    private static Tensor squaredDistances(Tensor left, Tensor right) {
        Tensor own = left.multiply(left).sum(1, true); // [n 1]
        Tensor other = right.multiply(right).sum(1, true).transpose(0, 1); // [1 n]
        return own.add(other).subtract(left.matmul(right.transpose(0, 1)).multiply(2));
    }

    private static double[][] rows(Tensor sums, int count) {
        double[] flat = sums.contiguous().toDoubles();
        double[][] result = new double[count][count];
        for (int i = 0; i < flat.length; i++) {
            // Cancellation may leave a tiny negative number where the distance is zero.
            result[i / count][i % count] = Math.max(0, flat[i]);
        }
        return result;
    }

    /** Through products of pairs, with at most a number of bytes of X held, but one matrix at least. */
    static double[][] byProducts(Matrices x, Matrices y, long block) {
        Shape shape = Shape.of(x);
        int count = x.count();
        int held = Math.clamp(block / (shape.rows() * shape.columns() * shape.type().bytes()), 1, count);
        double[] own = norms(x);
        double[] others = norms(y);
        double[][] result = new double[count][count];
        for (int first = 0; first < count; first += held) {
            try (Scope scope = Scope.open()) {
                List<Tensor> some = new ArrayList<>();
                for (int i = first; i < Math.min(count, first + held); i++) {
                    some.add(x.get(i));
                }
                for (int j = 0; j < count; j++) {
                    try (Scope one = Scope.open()) {
                        Tensor other = y.get(j).transpose(0, 1);
                        for (int i = 0; i < some.size(); i++) {
                            double both = squaredNorm(some.get(i), other);
                            // Cancellation may leave a tiny negative number where the distance is zero.
                            result[first + i][j] = Math.max(0, own[first + i] + others[j] - 2 * both);
                        }
                    }
                }
            }
        }
        return result;
    }

    private static double[] norms(Matrices matrices) {
        double[] norms = new double[matrices.count()];
        for (int i = 0; i < norms.length; i++) {
            try (Scope scope = Scope.open()) {
                Tensor matrix = matrices.get(i);
                norms[i] = squaredNorm(matrix, matrix.transpose(0, 1));
            }
        }
        return norms;
    }

    private static double squaredNorm(Tensor left, Tensor right) {
        try (Scope scope = Scope.open()) {
            Tensor product = left.matmul(right);
            return InnerProducts.of(product, product);
        }
    }
}

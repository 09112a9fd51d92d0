package org.thalweg.group;

import java.util.Arrays;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A square matrix of doubles; the arithmetic that the linear elements share. O(size³) time for product and inverse.
 *
 * @param size number of rows
 * @param entries [size size] row-major, finite; copied in and out
 */
public record SquareMatrix(int size, double[] entries) {
    /** From this size on libtorch's kernels are worth their start. */
    private static final int LARGE = 96;

    /** Copies the entries and checks that there are size squared of them. */
    public SquareMatrix {
        entries = entries.clone();
        if (entries.length != (long) size * size) {
            throw new IllegalArgumentException(
                    "a square matrix cannot have " + entries.length + " entries in " + size + " rows");
        }
        for (double entry : entries) {
            if (!Double.isFinite(entry)) {
                throw new IllegalArgumentException("a linear map cannot have the entry " + entry);
            }
        }
    }

    /** A matrix of as many rows as the root of the number of entries. */
    static SquareMatrix of(double[] entries) {
        return new SquareMatrix((int) Math.round(Math.sqrt(entries.length)), entries);
    }

    static SquareMatrix identity(int size) {
        double[] entries = new double[Math.multiplyExact(size, size)];
        for (int i = 0; i < size; i++) {
            entries[i * size + i] = 1;
        }
        return new SquareMatrix(size, entries);
    }

    @Override
    public double[] entries() {
        return entries.clone();
    }

    boolean isIdentity() {
        for (int i = 0; i < entries.length; i++) {
            if (entries[i] != (i % (size + 1) == 0 ? 1 : 0)) {
                return false;
            }
        }
        return true;
    }

    SquareMatrix times(SquareMatrix right) {
        if (size >= LARGE) {
            try (Scope scope = Scope.open()) {
                Tensor product = Tensor.of(entries, size, size).matmul(Tensor.of(right.entries, size, size));
                return new SquareMatrix(size, product.toDoubles());
            }
        }
        double[] result = new double[entries.length];
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < size; k++) {
                double left = entries[i * size + k];
                for (int j = 0; j < size; j++) {
                    result[i * size + j] += left * right.entries[k * size + j];
                }
            }
        }
        return new SquareMatrix(size, result);
    }

    double[] times(double[] vector) {
        double[] result = new double[size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                result[i] += entries[i * size + j] * vector[j];
            }
        }
        return result;
    }

    SquareMatrix transpose() {
        double[] result = new double[entries.length];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                result[j * size + i] = entries[i * size + j];
            }
        }
        return new SquareMatrix(size, result);
    }

    /** Gauss-Jordan elimination with row pivots; refuses a matrix that is singular to rounding. */
    SquareMatrix inverse() {
        double[] left = entries.clone();
        double[] right = identity(size).entries;
        double largest = Arrays.stream(left).map(Math::abs).max().orElse(0);
        for (int column = 0; column < size; column++) {
            int pivot = column;
            for (int row = column + 1; row < size; row++) {
                if (Math.abs(left[row * size + column]) > Math.abs(left[pivot * size + column])) {
                    pivot = row;
                }
            }
            if (!(Math.abs(left[pivot * size + column]) > 1e-13 * largest)) {
                throw new IllegalArgumentException("a map with a singular matrix has no inverse");
            }
            exchange(left, column, pivot);
            exchange(right, column, pivot);
            eliminate(left, right, column);
        }
        return new SquareMatrix(size, right);
    }

    private void exchange(double[] matrix, int one, int other) {
        for (int j = 0; j < size; j++) {
            double kept = matrix[one * size + j];
            matrix[one * size + j] = matrix[other * size + j];
            matrix[other * size + j] = kept;
        }
    }

    private void eliminate(double[] left, double[] right, int column) {
        double scale = 1 / left[column * size + column];
        for (int j = 0; j < size; j++) {
            left[column * size + j] *= scale;
            right[column * size + j] *= scale;
        }
        for (int row = 0; row < size; row++) {
            double factor = left[row * size + column];
            if (row != column && factor != 0) {
                for (int j = 0; j < size; j++) {
                    left[row * size + j] -= factor * left[column * size + j];
                    right[row * size + j] -= factor * right[column * size + j];
                }
            }
        }
    }

    /** The columns orthonormalised from left to right (Gram-Schmidt, twice for accuracy, or reflections). */
    SquareMatrix orthonormalised() {
        if (size >= LARGE) {
            try (Scope scope = Scope.open()) {
                Tensor columns = LinearAlgebra.orthonormalColumns(Tensor.of(entries, size, size));
                return new SquareMatrix(size, columns.contiguous().toDoubles());
            }
        }
        double[][] rows = new double[size][];
        SquareMatrix columns = transpose();
        for (int i = 0; i < size; i++) {
            double[] row = Arrays.copyOfRange(columns.entries, i * size, (i + 1) * size);
            for (int pass = 0; pass < 2; pass++) {
                for (int k = 0; k < i; k++) {
                    double along = dot(row, rows[k]);
                    for (int j = 0; j < size; j++) {
                        row[j] -= along * rows[k][j];
                    }
                }
            }
            double norm = Math.sqrt(dot(row, row));
            for (int j = 0; j < size; j++) {
                row[j] /= norm;
            }
            rows[i] = row;
        }
        return new SquareMatrix(size, Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray()).transpose();
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    /** The matrix applied to every vector along an axis, computed in float64, in the tensor's element type. */
    Tensor applyTo(Tensor tensor, int axis) {
        int last = tensor.rank() - 1;
        Tensor moved = tensor.to(DType.FLOAT64).transpose(axis, last);
        Tensor matrix = Tensor.of(transpose().entries, size, size);
        return moved.matmul(matrix).transpose(axis, last).contiguous().to(tensor.dtype());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SquareMatrix that && Arrays.equals(entries, that.entries);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(entries);
    }
}

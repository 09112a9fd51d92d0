package org.thalweg.tensor;

import java.util.Arrays;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/**
 * Decompositions of matrices (LAPACK's), computed and returned in float64 whatever the input's type. Leading axes are
 * batches. Inputs are not changed; the same input gives the same numbers on one machine with the same thread count.
 * Factors are unique only up to signs, and up to a rotation where values coincide; callers who need one answer fix it.
 */
public final class LinearAlgebra {
    private LinearAlgebra() {}

    /**
     * The thin singular value decomposition {@code u diag(s) vᵀ}, with {@code rank = min(rows, columns)}.
     *
     * @param u [… rows rank] orthonormal columns
     * @param s [… rank] singular values, descending, none negative
     * @param v [… columns rank] orthonormal columns (not transposed)
     */
    public record Svd(Tensor u, Tensor s, Tensor v) {}

    /**
     * The eigen-decomposition {@code vectors diag(values) vectorsᵀ} of a symmetric matrix.
     *
     * @param values [… size] eigenvalues, ascending
     * @param vectors [… size size] orthonormal columns, column i belongs to value i
     */
    public record Eigen(Tensor values, Tensor vectors) {}

    /**
     * Singular value decomposition. O(rows · columns · rank) time for each matrix, memory for the results and one copy.
     *
     * @param matrix [… rows columns], finite
     * @return the thin factors in float64, in the current scope
     * @throws IllegalArgumentException when there are fewer than two axes or an element is not finite
     */
    public static Svd svd(Tensor matrix) {
        Tensor exact = matrix.to(DType.FLOAT64);
        requireMatrix(exact);
        try (StringViewOptional anyDriver = new StringViewOptional();
                T_TensorTensorTensor_T factors = torch.linalg_svd(exact.handle(), false, anyDriver)) {
            return new Svd(
                    Tensor.takenFrom(factors.get0()),
                    Tensor.takenFrom(factors.get1()),
                    Tensor.takenFrom(factors.get2()).transpose(-2, -1));
        }
    }

    /**
     * Eigenvalues and eigenvectors of symmetric matrices. O(size³) time for each matrix.
     *
     * @param matrix [… size size], finite, symmetric; only the lower triangle is read
     * @return values and vectors in float64, in the current scope
     * @throws IllegalArgumentException when a matrix is not square or an element is not finite
     */
    public static Eigen symmetricEigen(Tensor matrix) {
        Tensor exact = matrix.to(DType.FLOAT64);
        requireMatrix(exact);
        if (exact.length(-1) != exact.length(-2)) {
            throw new IllegalArgumentException("only square matrices have eigenvalues, not one of shape "
                    + Arrays.toString(exact.shape()));
        }
        try (T_TensorTensor_T pairs = torch.linalg_eigh(exact.handle(), "L")) {
            return new Eigen(Tensor.takenFrom(pairs.get0()), Tensor.takenFrom(pairs.get1()));
        }
    }

    /**
     * Orthonormal columns that span from left to right what a matrix's columns span, each with a positive inner product
     * with the column it comes from: what Gram and Schmidt's procedure gives, by Householder reflections.
     * O(rows · columns²) time.
     *
     * @param matrix [rows columns], finite, of full rank, no fewer rows than columns
     * @return [rows columns] in float64, in the current scope
     * @throws IllegalArgumentException when there are fewer than two axes or an element is not finite
     */
    public static Tensor orthonormalColumns(Tensor matrix) {
        Tensor exact = matrix.to(DType.FLOAT64);
        requireMatrix(exact);
        try (T_TensorTensor_T factors = torch.linalg_qr(exact.handle())) {
            Tensor columns = Tensor.takenFrom(factors.get0()); // [rows columns]
            Tensor towards = columns.multiply(exact).sum(0, true); // [1 columns]
            return columns.multiply(towards.divide(towards.abs()));
        }
    }

    /**
     * The exponential of square matrices, a rotation for a skew-symmetric one. Differentiable; in the matrix's own
     * type. O(size³) time.
     *
     * @param matrix [… size size]
     * @return [… size size]
     */
    public static Tensor exponential(Tensor matrix) {
        return Tensor.wrap(torch.linalg_matrix_exp(matrix.handle()));
    }

    private static void requireMatrix(Tensor tensor) {
        if (tensor.rank() < 2) {
            throw new IllegalArgumentException("a matrix has two axes or more, not the shape "
                    + Arrays.toString(tensor.shape()));
        }
        if (!tensor.isFinite()) {
            throw new IllegalArgumentException("a matrix with infinite or undefined elements cannot be decomposed");
        }
    }
}

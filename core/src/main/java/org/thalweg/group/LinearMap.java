package org.thalweg.group;

import java.util.Arrays;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A linear map with an inverse.
 *
 * @param matrix what multiplies the vectors along an axis
 * @param isOrthogonal whether it is known to be a rotation or reflection, whose inverse is its transpose and whose dual
 *     is itself; nothing is solved for it
 */
public record LinearMap(SquareMatrix matrix, boolean isOrthogonal) implements AxisMap {
    /** Refuses singular matrices, and as orthogonal those whose columns are not orthonormal to 1e-6. */
    public LinearMap {
        if (isOrthogonal) {
            requireOrthonormal(matrix);
        } else {
            matrix.inverse();
        }
    }

    private static void requireOrthonormal(SquareMatrix matrix) {
        double[] identity = SquareMatrix.identity(matrix.size()).entries();
        double[] entries = matrix.transpose().times(matrix).entries();
        for (int i = 0; i < entries.length; i++) {
            if (Math.abs(entries[i] - identity[i]) > 1e-6) {
                throw new IllegalArgumentException("an orthogonal map needs orthonormal columns, but a product of two "
                        + "is off by " + Math.abs(entries[i] - identity[i]));
            }
        }
    }

    /**
     * A rotation or reflection by the entries of its matrix.
     *
     * @param entries [size size] row-major; not changed
     * @return the map
     * @throws IllegalArgumentException when the columns are not orthonormal
     */
    public static LinearMap orthogonal(double[] entries) {
        return new LinearMap(SquareMatrix.of(entries), true);
    }

    /**
     * Any map by the entries of its matrix.
     *
     * @param entries [size size] row-major; not changed
     * @return the map
     * @throws IllegalArgumentException when the matrix is singular
     */
    public static LinearMap invertible(double[] entries) {
        return new LinearMap(SquareMatrix.of(entries), false);
    }

    /**
     * The element that changes nothing.
     *
     * @param size length of the vectors
     * @return the identity
     */
    public static LinearMap identity(int size) {
        return new LinearMap(SquareMatrix.identity(size), true);
    }

    /**
     * The matrix.
     *
     * @return [size size] row-major; a copy
     */
    public double[] entries() {
        return matrix.entries();
    }

    @Override
    public int size() {
        return matrix.size();
    }

    @Override
    public boolean isIdentity() {
        return matrix.isIdentity();
    }

    @Override
    public LinearMap inverse() {
        return new LinearMap(isOrthogonal ? matrix.transpose() : matrix.inverse(), isOrthogonal);
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates
     * @return the product, orthogonal when both are
     */
    public LinearMap after(LinearMap first) {
        GroupElement.requireEqualSize(this, first);
        return new LinearMap(matrix.times(first.matrix), isOrthogonal && first.isOrthogonal);
    }

    /**
     * How far an orthogonal map turns: the angles of its eigenvalues. A plane that turns has two of them, and both
     * count. They are read from the singular values of I - O, which are 2 sin(angle / 2) because O is normal: exact
     * near 0, and to about 1e-8 near π. O(size³) time.
     *
     * @return {@link #size()} angles in [0, π], ascending
     * @throws IllegalStateException when the map is not known to be orthogonal
     */
    public double[] angles() {
        if (!isOrthogonal) {
            throw new IllegalStateException("only an orthogonal map turns by angles");
        }
        int size = size();
        double[] turned = entries();
        double[] difference = SquareMatrix.identity(size).entries();
        Arrays.setAll(difference, i -> difference[i] - turned[i]);
        try (Scope scope = Scope.open()) {
            double[] angles = LinearAlgebra.svd(Tensor.of(difference, size, size)).s().contiguous().toDoubles();
            Arrays.setAll(angles, i -> 2 * Math.asin(Math.min(1, angles[i] / 2)));
            Arrays.sort(angles);
            return angles;
        }
    }

    @Override
    public Tensor applyTo(Tensor tensor, int axis) {
        return matrix.applyTo(tensor, axis);
    }

    @Override
    public LinearMap dual() {
        return isOrthogonal ? this : new LinearMap(matrix.inverse().transpose(), false);
    }
}

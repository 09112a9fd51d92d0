package org.thalweg.group;

import org.thalweg.tensor.Tensor;

/**
 * Any linear map with an inverse.
 *
 * @param matrix what multiplies the vectors along an axis
 */
public record InvertibleMap(SquareMatrix matrix) implements AxisMap {
    /** Refuses singular matrices. */
    public InvertibleMap {
        matrix.inverse();
    }

    /**
     * A map by the entries of its matrix.
     *
     * @param entries [size size] row-major; not changed
     * @return the map
     * @throws IllegalArgumentException when the matrix is not of this kind
     */
    public static InvertibleMap of(double[] entries) {
        return new InvertibleMap(SquareMatrix.of(entries));
    }

    /**
     * The element that changes nothing.
     *
     * @param size length of the vectors
     * @return the identity
     */
    public static InvertibleMap identity(int size) {
        return new InvertibleMap(SquareMatrix.identity(size));
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
    public InvertibleMap inverse() {
        return new InvertibleMap(matrix.inverse());
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates
     * @return the product
     */
    public InvertibleMap after(InvertibleMap first) {
        GroupElement.requireEqualSize(this, first);
        return new InvertibleMap(matrix.times(first.matrix));
    }

    @Override
    public Tensor applyTo(Tensor tensor, int axis) {
        return matrix.applyTo(tensor, axis);
    }

    @Override
    public InvertibleMap dual() {
        return new InvertibleMap(matrix.inverse().transpose());
    }
}

package org.thalweg.group;

import org.thalweg.tensor.Tensor;

/**
 * A rotation or reflection.
 *
 * @param matrix what multiplies the vectors along an axis
 */
public record OrthogonalMap(SquareMatrix matrix) implements AxisMap {
    /** Refuses matrices whose columns are not orthonormal to 1e-6. */
    public OrthogonalMap {
        SquareMatrix product = matrix.transpose().times(matrix);
        double[] identity = SquareMatrix.identity(matrix.size()).entries();
        double[] entries = product.entries();
        for (int i = 0; i < entries.length; i++) {
            if (Math.abs(entries[i] - identity[i]) > 1e-6) {
                throw new IllegalArgumentException("an orthogonal map needs orthonormal columns, but a product of two "
                        + "is off by " + Math.abs(entries[i] - identity[i]));
            }
        }
    }

    /**
     * A map by the entries of its matrix.
     *
     * @param entries [size size] row-major; not changed
     * @return the map
     * @throws IllegalArgumentException when the matrix is not of this kind
     */
    public static OrthogonalMap of(double[] entries) {
        return new OrthogonalMap(SquareMatrix.of(entries));
    }

    /**
     * The element that changes nothing.
     *
     * @param size length of the vectors
     * @return the identity
     */
    public static OrthogonalMap identity(int size) {
        return new OrthogonalMap(SquareMatrix.identity(size));
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
    public OrthogonalMap inverse() {
        return new OrthogonalMap(matrix.transpose());
    }

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of as many coordinates
     * @return the product
     */
    public OrthogonalMap after(OrthogonalMap first) {
        GroupElement.requireEqualSize(this, first);
        return new OrthogonalMap(matrix.times(first.matrix));
    }

    @Override
    public Tensor applyTo(Tensor tensor, int axis) {
        return matrix.applyTo(tensor, axis);
    }

    @Override
    public OrthogonalMap dual() {
        return this;
    }
}

package org.thalweg.group;

import org.thalweg.tensor.Tensor;

/**
 * A linear map of the vectors along an axis. What writes the axis is multiplied by the map G, what reads it by the
 * contragredient G⁻ᵀ, so that G and its inverse cancel where they meet; for orthogonal maps both are the same.
 */
public sealed interface AxisMap extends GroupElement
        permits Permutation, SignedPermutation, LinearMap, RotaryMap {
    /**
     * The map applied to every vector along an axis.
     *
     * @param tensor with an axis of {@link #size()}; not changed
     * @param axis which axis
     * @return the same shape and element type
     */
    Tensor applyTo(Tensor tensor, int axis);

    /**
     * What acts on the side that reads the axis.
     *
     * @return the transpose of the inverse
     */
    AxisMap dual();

    /**
     * What acts on a diagonal operator along the axis, such as a normalisation's gain: P diag(g) Pᵀ = diag(|P| g).
     *
     * @return the order without signs; the identity for maps that keep no diagonal
     */
    default Permutation order() {
        return switch (this) {
            case Permutation permutation -> permutation;
            case SignedPermutation signed -> signed.unsigned();
            case LinearMap _, RotaryMap _ -> Permutation.identity(size());
        };
    }
}

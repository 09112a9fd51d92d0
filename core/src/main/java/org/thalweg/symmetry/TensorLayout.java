package org.thalweg.symmetry;

import java.util.List;
import java.util.Optional;

/**
 * How the groups act on one tensor.
 *
 * @param indexedName its name, with the variables that run over positions of spaces (one tensor for each expert)
 * @param axes of the tensor, outermost first
 * @param shift the translation space whose vector is added, if any
 * @param scales the scaling spaces that multiply
 */
public record TensorLayout(IndexedName indexedName, List<Axis> axes, Optional<String> shift, List<Scale> scales) {
    /** Copies the lists. */
    public TensorLayout {
        axes = List.copyOf(axes);
        scales = List.copyOf(scales);
    }

    /**
     * One axis: the product of its factors, outermost first.
     *
     * @param factors one for a plain axis, several for a composite one such as {@code (heads head_dim)}
     */
    public record Axis(List<Factor> factors) {
        /** Copies the list. */
        public Axis {
            factors = List.copyOf(factors);
        }
    }

    /**
     * A part of an axis.
     *
     * @param space whose positions it runs over; none for a fixed length
     * @param length number of positions
     */
    public record Factor(Optional<String> space, int length) {}

    /** All factors of all axes in order: the tensor's finest shape. */
    List<Factor> factors() {
        return axes.stream().flatMap(axis -> axis.factors().stream()).toList();
    }
}

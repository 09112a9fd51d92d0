package org.thalweg.symmetry;

/** An element of a {@link Group}. */
public sealed interface GroupElement permits Permutation, Translation, PositiveScaling {
    /**
     * Number of positions or coordinates.
     *
     * @return the length
     */
    int size();

    /**
     * Whether nothing is changed.
     *
     * @return true for the identity
     */
    boolean isIdentity();

    /**
     * The element that undoes this one.
     *
     * @return the inverse
     */
    GroupElement inverse();

    /**
     * The element that applies {@code first} and then this one.
     *
     * @param first an element of the same group
     * @return the product
     * @throws IllegalArgumentException when {@code first} is of another group
     */
    default GroupElement compose(GroupElement first) {
        return switch (this) {
            case Permutation second when first instanceof Permutation p -> second.after(p);
            case Translation second when first instanceof Translation t -> second.after(t);
            case PositiveScaling second when first instanceof PositiveScaling s -> second.after(s);
            case Permutation _, Translation _, PositiveScaling _ -> throw new IllegalArgumentException(
                    "cannot compose a " + getClass().getSimpleName() + " with a " + first.getClass().getSimpleName());
        };
    }

    /**
     * This element with its coordinates taken in another order; a permutation has no coordinates to reorder.
     *
     * @param order of the coordinates
     * @return coordinate i is the old coordinate {@code order.image(i)}
     */
    default GroupElement reordered(Permutation order) {
        return switch (this) {
            case Permutation self -> self;
            case Translation(double[] offsets) -> new Translation(order.applyTo(offsets));
            case PositiveScaling(double[] factors) -> new PositiveScaling(order.applyTo(factors));
        };
    }

    /**
     * Checks that two elements are of one group before they are combined.
     *
     * @param one an element
     * @param other another
     * @throws IllegalArgumentException when their lengths differ
     */
    static void requireEqualSize(GroupElement one, GroupElement other) {
        if (one.size() != other.size()) {
            throw new IllegalArgumentException(
                    "cannot compose elements of lengths " + one.size() + " and " + other.size());
        }
    }
}

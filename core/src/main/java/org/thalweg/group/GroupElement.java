package org.thalweg.group;

/** An element of a {@link Group}. */
public sealed interface GroupElement permits AxisMap, Scaling, Translation {
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
     * How much is changed.
     *
     * @return for permutations, with signs or without, how many positions take another content or its negative; for
     *     other elements the length when they act, else 0
     */
    default int moved() {
        return isIdentity() ? 0 : size();
    }

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
            case Scaling second when first instanceof Scaling s -> second.after(s);
            case SignedPermutation second when first instanceof SignedPermutation s -> second.after(s);
            case LinearMap second when first instanceof LinearMap m -> second.after(m);
            case RotaryMap second when first instanceof RotaryMap m && m.interleaved() == second.interleaved() ->
                second.after(m);
            case AxisMap _, Scaling _, Translation _ -> throw new IllegalArgumentException(
                    "cannot compose a " + getClass().getSimpleName() + " with a " + first.getClass().getSimpleName());
        };
    }

    /**
     * This element as a map of the positions that its coordinates belong to moves it; maps of an axis belong to
     * their own positions and stay.
     *
     * @param map of the positions
     * @return for a translation the moved vector, for scalings the factors in the map's order
     */
    default GroupElement carriedBy(AxisMap map) {
        return switch (this) {
            case AxisMap self -> self;
            case Translation self -> self.mappedBy(map);
            case Scaling(double[] factors) -> new Scaling(map.order().applyTo(factors));
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

package org.thalweg.group;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a group does to the positions or vectors of its space, whatever their number. */
public enum GroupKind {
    /** Nothing but leaving the positions alone; the only element is the identity permutation. */
    NONE("none"),
    /** All orders of positions. */
    PERMUTATION("permutation"),
    /** All vectors, under addition. */
    TRANSLATION("translation"),
    /** All vectors of positive numbers, under element-wise multiplication. */
    POSITIVE_SCALING("positive scaling"),
    /** All orders of positions with all changes of signs. */
    SIGNED_PERMUTATION("signed permutation"),
    /** All vectors of numbers other than 0, under element-wise multiplication. */
    SIGNED_SCALING("signed scaling"),
    /** All rotations and reflections of vectors. */
    ORTHOGONAL("orthogonal"),
    /** All rotations and reflections that leave the vector of ones as it is, and so every vector's mean. */
    CENTRED_ORTHOGONAL("centred orthogonal"),
    /** All invertible linear maps of vectors. */
    INVERTIBLE("invertible"),
    /** All maps that commute with rotary position embeddings whose pair i is the coordinates i and i + size/2. */
    ROTARY_HALVES("rotary halves"),
    /** All maps that commute with rotary position embeddings whose pair i is the coordinates 2i and 2i+1. */
    ROTARY_PAIRS("rotary pairs");

    private final String label;

    GroupKind(String label) {
        this.label = label;
    }

    /**
     * The name used in specifications and reports.
     *
     * @return for example {@code signed scaling}
     */
    @JsonValue
    public String label() {
        return label;
    }

    /**
     * The name used in options and documents for people who choose groups.
     *
     * @return for example {@code signed-scaling}; {@code rotary} for both rotary kinds, {@code orthogonal} for the
     *     centred kind too
     */
    public String family() {
        return isRotary() ? "rotary" : isOrthogonal() ? ORTHOGONAL.label : label.replace(' ', '-');
    }

    /**
     * Whether an element is a vector of numbers that acts on tensors beside their axes.
     *
     * @return true for translations and scalings
     */
    public boolean isVector() {
        return this == TRANSLATION || isScaling();
    }

    /**
     * Whether elements are factors.
     *
     * @return true for scalings, positive or signed
     */
    public boolean isScaling() {
        return this == POSITIVE_SCALING || this == SIGNED_SCALING;
    }

    /**
     * Whether elements are rotations and reflections.
     *
     * @return true for the orthogonal kinds
     */
    public boolean isOrthogonal() {
        return this == ORTHOGONAL || this == CENTRED_ORTHOGONAL;
    }

    /**
     * Whether elements act on pairs of coordinates.
     *
     * @return true for the rotary kinds
     */
    public boolean isRotary() {
        return this == ROTARY_HALVES || this == ROTARY_PAIRS;
    }
}

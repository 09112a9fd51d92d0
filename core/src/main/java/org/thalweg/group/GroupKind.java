package org.thalweg.group;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The groups a specification can name. */
public enum GroupKind {
    @JsonProperty("none") NONE,
    @JsonProperty("permutation") PERMUTATION,
    @JsonProperty("translation") TRANSLATION,
    @JsonProperty("positive scaling") POSITIVE_SCALING,
    @JsonProperty("signed permutation") SIGNED_PERMUTATION,
    @JsonProperty("signed scaling") SIGNED_SCALING,
    @JsonProperty("orthogonal") ORTHOGONAL,
    @JsonProperty("centred orthogonal") CENTRED_ORTHOGONAL,
    @JsonProperty("invertible") INVERTIBLE,
    @JsonProperty("rotary halves") ROTARY_HALVES,
    @JsonProperty("rotary pairs") ROTARY_PAIRS;

    public Group ofSize(int size) {
        return switch (this) {
            case NONE -> new Group.Trivial(size);
            case PERMUTATION -> new Group.Permutations(size);
            case TRANSLATION -> new Group.Translations(size);
            case POSITIVE_SCALING -> new Group.PositiveScalings(size);
            case SIGNED_PERMUTATION -> new Group.SignedPermutations(size);
            case SIGNED_SCALING -> new Group.SignedScalings(size);
            case ORTHOGONAL -> new Group.Orthogonals(size);
            case CENTRED_ORTHOGONAL -> new Group.CentredOrthogonals(size);
            case INVERTIBLE -> new Group.Invertibles(size);
            case ROTARY_HALVES -> new Group.RotaryMaps(size, false);
            case ROTARY_PAIRS -> new Group.RotaryMaps(size, true);
        };
    }

    /** Whether an element is a vector of numbers that acts on tensors beside their axes. */
    public boolean isVector() {
        return this == TRANSLATION || isScaling();
    }

    boolean isScaling() {
        return this == POSITIVE_SCALING || this == SIGNED_SCALING;
    }
}

package org.thalweg.symmetry;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The groups a specification can name. */
enum GroupKind {
    @JsonProperty("none") NONE,
    @JsonProperty("permutation") PERMUTATION,
    @JsonProperty("translation") TRANSLATION,
    @JsonProperty("positive scaling") POSITIVE_SCALING;

    Group ofSize(int size) {
        return switch (this) {
            case NONE -> new Group.Trivial(size);
            case PERMUTATION -> new Group.Permutations(size);
            case TRANSLATION -> new Group.Translations(size);
            case POSITIVE_SCALING -> new Group.PositiveScalings(size);
        };
    }

    /** Whether an element is a vector of numbers that acts on tensors beside their axes. */
    boolean isVector() {
        return switch (this) {
            case NONE, PERMUTATION -> false;
            case TRANSLATION, POSITIVE_SCALING -> true;
        };
    }
}

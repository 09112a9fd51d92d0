package org.thalweg.matching;

/** What is done about the basis of the residual stream. */
public enum ResidualMatching {
    /** Left alone where both models share it, as models with a common base do; else matched within its group. */
    AUTO,
    /** Left alone. */
    NONE,
    /** Matched by orders, with signs where the architecture has them. */
    PERMUTATION,
    /** Matched by a rotation, for models whose normalisations are folded. */
    ORTHOGONAL
}

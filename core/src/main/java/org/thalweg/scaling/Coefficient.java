package org.thalweg.scaling;

import java.util.Locale;

/** What is fitted to runs: the coefficients of {@link LeverageLaw}, and of the loss of the dense model. */
public enum Coefficient {
    /** The exponent at C = 1 and G = 1; that at the runs' G where they have but one. */
    A,
    /** The exponent's change for ten times the compute. */
    D,
    /** The exponent's change with the square of log2 G. */
    GAMMA,
    /** The exponent's change with log2 G. */
    BETA,
    /** Where the gain from fewer active experts ends. */
    START,
    /** The loss of the dense model at C = 1. */
    LOSS_COEFFICIENT,
    /** The power of C with which the loss of the dense model falls; negative. */
    LOSS_EXPONENT;

    /**
     * Its name in tables and documents.
     *
     * @return the name in small letters
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

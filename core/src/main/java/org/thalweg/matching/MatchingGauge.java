package org.thalweg.matching;

/** The gauge in which the weights of two models are compared, and what may act on B besides orders and signs. */
public enum MatchingGauge {
    /**
     * Both in the balanced gauge ({@link org.thalweg.canonical.BalancedGauge}); scalings, shifts of routers and linear
     * maps inside heads and units act too where they bring B visibly closer, and cost one rounding of the stored type.
     */
    BALANCED,
    /** Both in the balanced gauge; only orders and signs act, which cost no rounding. */
    BALANCED_DISCRETE,
    /** Both as they are, to the letter of arXiv 2509.11348; only orders and signs act. */
    AS_TRAINED
}

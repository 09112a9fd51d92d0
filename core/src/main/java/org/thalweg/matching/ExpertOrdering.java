package org.thalweg.matching;

/** What decides which expert of B takes the place of which expert of A (arXiv 2509.11348, section 4, step 1). */
public enum ExpertOrdering {
    /** The rows of the router (Eq 10). */
    GATE,
    /** The experts' own weights (Eq 11). */
    EXPERT,
    /** Whichever of the two leaves the models closer, layer by layer. */
    BEST
}

package org.thalweg.equivalence;

/**
 * A comparison in which the second model uses the experts that the first one chose, so that a choice which rounding
 * flipped is told from a fault.
 *
 * @param verification how far outputs differ then
 * @param choices how many choices there were, one for each token and router
 * @param differing how many of them the second model would have made otherwise
 */
public record FixedRouting(Verification verification, long choices, long differing) {
    /** Part of the choices that the second model would have made otherwise. */
    public double share() {
        return choices == 0 ? 0 : (double) differing / choices;
    }
}

package org.thalweg.identifiability;

/** Why a functional equivalence theorem says nothing about a layer. */
public sealed interface FailedAssumption {
    /**
     * Two experts are the same function (B.5, assumption 1).
     *
     * @param layer {@code first} or {@code second}
     * @param expert one of them
     * @param other the other
     */
    record CoincidingExperts(String layer, int expert, int other) implements FailedAssumption {}

    /**
     * Two experts agree on a part of the inputs: they are not strongly distinct (C.4, assumption 1).
     *
     * @param layer {@code first} or {@code second}
     * @param expert one of them
     * @param other the other
     * @param share of the probes on which they agree, above 0
     */
    record PartlyCoincidingExperts(String layer, int expert, int other, double share) implements FailedAssumption {}

    /**
     * {@code W_a - W_b = W_c - W_d} for two pairs a &lt; b and c &lt; d (B.5, assumption 2).
     *
     * @param layer {@code first} or {@code second}
     * @param a first expert of one pair
     * @param b second expert of it
     * @param c first expert of the other pair
     * @param d second expert of it
     */
    record CoincidingGateDifferences(String layer, int a, int b, int c, int d) implements FailedAssumption {}

    /**
     * {@code W_(expert-1) - W_expert} is a combination of such differences of experts before (C.4, assumption 2).
     *
     * @param layer {@code first} or {@code second}
     * @param expert the first for which it is
     */
    record DependentGateDifferences(String layer, int expert) implements FailedAssumption {}

    /**
     * No theorem covers layers of this kind.
     *
     * @param why one clause
     */
    record NotCovered(String why) implements FailedAssumption {}

    /**
     * For people.
     *
     * @return one sentence
     */
    default String sentence() {
        return switch (this) {
            case CoincidingExperts(String layer, int expert, int other) -> "In the " + layer + " layer experts "
                    + expert + " and " + other + " are the same function (Theorem B.5, assumption 1).";
            case PartlyCoincidingExperts(String layer, int expert, int other, double share) -> "In the " + layer
                    + " layer experts " + expert + " and " + other + " agree on " + Math.round(100 * share)
                    + " % of the probes (Theorem C.4, assumption 1).";
            case CoincidingGateDifferences(String layer, int a, int b, int c, int d) -> "In the " + layer
                    + " layer the gate differences " + a + " - " + b + " and " + c + " - " + d
                    + " coincide (Theorem B.5, assumption 2).";
            case DependentGateDifferences(String layer, int expert) -> "In the " + layer + " layer the gate difference "
                    + (expert - 1) + " - " + expert + " depends linearly on those before it (Theorem C.4, "
                    + "assumption 2).";
            case NotCovered(String why) -> "No theorem is proved: " + why + ".";
        };
    }
}

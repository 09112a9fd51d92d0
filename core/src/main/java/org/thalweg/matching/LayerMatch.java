package org.thalweg.matching;

/**
 * How one MoE layer was matched, for reports.
 *
 * @param layer prefix of its tensors
 * @param experts the expert order; its cost is in the units of the method's cost matrix, 0 when the order was given
 * @param unitSimilarity inner product of all experts' weights after matching, shared experts included
 * @param unitDualityGap sum of the gaps of the unit matchings
 * @param movedExperts share of experts that come from another position, 0 to 1
 * @param movedUnits share of hidden units (shared experts included) that come from another expert or another place
 */
public record LayerMatch(
        String layer,
        SolvedOrder experts,
        double unitSimilarity,
        double unitDualityGap,
        double movedExperts,
        double movedUnits) {}

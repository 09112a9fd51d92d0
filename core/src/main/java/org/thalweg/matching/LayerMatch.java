package org.thalweg.matching;

import org.thalweg.group.Permutation;

/**
 * How one MoE layer was matched, for reports.
 *
 * @param layer what the names of its tensors begin with
 * @param experts the expert order
 * @param units the hidden units of all experts, shared experts included
 */
public record LayerMatch(String layer, Experts experts, Units units) {
    /**
     * The expert order.
     *
     * @param order {@code order.image(i)} is the expert of B placed at position i of A
     * @param cost the sum of the chosen entries of the method's cost matrix, 0 when the order was given
     * @param dualityGap how far at most the cost is from the least of all orders, but for the rounding of entries to
     *     float; 0 when the order was given
     */
    public record Experts(Permutation order, double cost, double dualityGap) {
        /**
         * How many experts come from another position.
         *
         * @return a share, 0 to 1
         */
        public double moved() {
            return 1 - (double) order.fixedPoints() / order.size();
        }
    }

    /**
     * The hidden units.
     *
     * @param similarity inner product of all experts' weights and biases in A with B's, aligned
     * @param dualityGap sum of the gaps of the assignment problems; with one hidden layer it bounds the distance from
     *     the best
     * @param moved share of units that come from another expert or another place, 0 to 1
     */
    public record Units(double similarity, double dualityGap, double moved) {}
}

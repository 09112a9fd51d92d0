package org.thalweg.matching;

import java.util.List;
import org.thalweg.group.Permutation;

/**
 * The hidden units of one feed-forward network matched to those of another.
 *
 * @param orders for each hidden layer, which unit of B stands at each position of A
 * @param similarity inner product of A's weights and biases with B's so permuted, all maps together
 * @param dualityGap sum of the last assignment problems' gaps; with one hidden layer it bounds the distance from
 *     the best
 * @param sweeps passes over the hidden layers; 1 with one hidden layer, where the answer is exact
 */
public record UnitMatch(List<Permutation> orders, double similarity, double dualityGap, int sweeps) {
    /** Copies the list. */
    public UnitMatch {
        orders = List.copyOf(orders);
    }
}

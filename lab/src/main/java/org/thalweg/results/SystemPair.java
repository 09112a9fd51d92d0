package org.thalweg.results;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Two replicas of a variant of a Mixture-of-Experts system and the paths between them.
 *
 * @param replicaA the replica at t = 0, by its id
 * @param replicaB the replica at t = 1, by its id
 * @param naive the path between both as they are
 * @param matched the path to B as it was matched
 * @param order the experts' order that was found and where it stands among all, where all were measured
 * @param orders the barrier of each order of the experts with all else matched; none where they are too many
 */
public record SystemPair(
        String replicaA, String replicaB, MethodPath naive, MethodPath matched, Optional<Order> order,
        List<OrderBarrier> orders) {
    /** A naive barrier below this is rounding: no ratio to it is formed. */
    private static final double SMALLEST = 1e-9;

    /** Copies the list. */
    public SystemPair {
        orders = List.copyOf(orders);
    }

    /**
     * An order of experts.
     *
     * @param experts for each expert of A, counted from 0, the expert of B that is put in its place
     * @param ranking its place among all orders by the barrier
     */
    public record Order(List<Integer> experts, Ranking ranking) {
        /** Copies the list. */
        public Order {
            experts = List.copyOf(experts);
        }
    }

    /** The barrier without matching. */
    double naiveBarrier() {
        return naive.lossBarrier().orElseThrow();
    }

    /** The barrier with matching. */
    double matchedBarrier() {
        return matched.lossBarrier().orElseThrow();
    }

    /** How much of the naive barrier is left, in percent. */
    OptionalDouble ratioPercent() {
        return naiveBarrier() < SMALLEST ? OptionalDouble.empty()
                : OptionalDouble.of(100 * matchedBarrier() / naiveBarrier());
    }
}

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

    /**
     * The pair with the chosen order's place among all orders. All of them, the chosen one too, were matched again with
     * the experts in their places, so that one optimum of all else is not ranked against others of the same order.
     *
     * @param chosen for each expert of A, counted from 0, the expert of B that is put in its place; one of the orders
     * @return the same pair, ranked
     */
    public SystemPair ranked(List<Integer> chosen) {
        double own = orders.stream().filter(order -> order.order().equals(chosen)).findFirst().orElseThrow()
                .lossBarrier();
        double lowest = orders.stream().mapToDouble(OrderBarrier::lossBarrier).min().orElseThrow();
        int better = (int) orders.stream().filter(order -> order.lossBarrier() < own).count();
        OptionalDouble excess = naiveBarrier() - lowest > SMALLEST
                ? OptionalDouble.of(100 * (own - lowest) / (naiveBarrier() - lowest)) : OptionalDouble.empty();
        return new SystemPair(replicaA, replicaB, naive, matched,
                Optional.of(new Order(chosen, new Ranking(1 + better, excess))), orders);
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

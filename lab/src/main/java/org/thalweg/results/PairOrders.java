package org.thalweg.results;

import java.util.List;

/**
 * The barriers of many orders of the experts of one pair, against which the methods' orders are ranked (arXiv
 * 2509.11348, Table 7). In {@code results.json} one object of {@code orders[]}.
 *
 * @param dataset the data set's name
 * @param variant the gate
 * @param layers how many Transformer layers the network has
 * @param moeLayer which layers hold an MoE, as {@link Setting} has it
 * @param experts how many routed experts an MoE has
 * @param replicaA the replica at t = 0, by its id
 * @param replicaB the replica at t = 1, by its id
 * @param possible how many orders there are, as far as a double counts exactly: n!, fewer where experts stand in groups
 * @param leftOut orders of which the path has a loss that is no number; they are worse than all
 * @param orders the measured orders: all of them, or a sample with the methods' own among them
 */
public record PairOrders(
        String dataset,
        String variant,
        int layers,
        String moeLayer,
        int experts,
        String replicaA,
        String replicaB,
        double possible,
        int leftOut,
        List<OrderBarrier> orders) {
    /** Copies the list. */
    public PairOrders {
        orders = List.copyOf(orders);
    }

    /**
     * The orders of a pair.
     *
     * @param setting of both replicas
     * @param replicaA at t = 0
     * @param replicaB at t = 1
     * @param orders what was measured
     * @param leftOut orders without a finite loss
     * @return all of it in one record
     */
    public static PairOrders of(
            Setting setting, String replicaA, String replicaB, List<OrderBarrier> orders, int leftOut) {
        double possible = 1;
        for (int factor = 2; factor <= setting.experts(); factor++) {
            possible *= factor;
        }
        return new PairOrders(setting.dataset(), setting.variant(), setting.layers(), setting.moeLayer(),
                setting.experts(), replicaA, replicaB, possible, leftOut, orders);
    }

    /**
     * The same where not every order of the experts is a symmetry.
     *
     * @param orders how many are
     * @return a new record
     */
    public PairOrders among(double orders) {
        return new PairOrders(
                dataset, variant, layers, moeLayer, experts, replicaA, replicaB, orders, leftOut, this.orders);
    }

    /**
     * What the pair has in common with others.
     *
     * @return its setting
     */
    public Setting setting() {
        return new Setting(dataset, variant, layers, moeLayer, experts);
    }
}

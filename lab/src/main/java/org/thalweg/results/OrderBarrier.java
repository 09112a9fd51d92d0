package org.thalweg.results;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Barriers of the path to a model whose experts stand in a given order, with hidden units matched.
 *
 * @param order for each expert of A, counted from 0, the expert of B that is put in its place
 * @param lossBarrier in nats, on the test split
 * @param accuracyBarrier as a fraction, where the task has an accuracy
 * @param methods the methods that choose this order, none for most
 */
public record OrderBarrier(
        List<Integer> order, double lossBarrier, OptionalDouble accuracyBarrier, List<Method> methods) {
    /** Copies the lists. */
    public OrderBarrier {
        order = List.copyOf(order);
        methods = List.copyOf(methods);
    }
}

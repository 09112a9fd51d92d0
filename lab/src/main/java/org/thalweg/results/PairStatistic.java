package org.thalweg.results;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Mean and spread of a number over pairs of replicas.
 *
 * @param mean the mean over pairs, absent without pairs
 * @param deviation the sample standard deviation over pairs (divisor n - 1), absent below two pairs; since pairs share
 *     replicas they are not independent, and this divided by the root of n is no standard error
 * @param interval of 95 % for the mean, by {@link ReplicaBootstrap}; absent below three replicas
 */
public record PairStatistic(OptionalDouble mean, OptionalDouble deviation, Optional<Interval> interval) {
    /** Of no pairs. */
    public static final PairStatistic NONE =
            new PairStatistic(OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty());

    /**
     * The statistic of numbers of pairs, summed in the order given.
     *
     * @param values at most one for each pair
     * @return their mean, deviation and interval
     */
    public static PairStatistic of(List<PairValue> values) {
        Statistic statistic = Statistic.of(values.stream().map(PairValue::value).toList());
        return new PairStatistic(statistic.mean(), statistic.deviation(), ReplicaBootstrap.meanOver(values));
    }
}

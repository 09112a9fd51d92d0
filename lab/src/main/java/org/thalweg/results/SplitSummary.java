package org.thalweg.results;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Loss barriers of the pairs of one setting on one part of the data.
 *
 * @param barriers for each method, in nats; every method has an entry, {@link PairStatistic#NONE} where the study did
 *     not run it
 * @param ratioPercent each pair's own ratio best / naive, times 100; absent when some naive barrier is too close to 0
 *     to divide by
 */
public record SplitSummary(Map<Method, PairStatistic> barriers, PairStatistic ratioPercent) {
    /** Of no pairs. */
    public static final SplitSummary NONE = new SplitSummary(Map.of(), PairStatistic.NONE);

    /** Copies the statistics in the order of the methods. */
    public SplitSummary {
        Map<Method, PairStatistic> ordered = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            ordered.put(method, barriers.getOrDefault(method, PairStatistic.NONE));
        }
        barriers = Collections.unmodifiableMap(ordered);
    }
}

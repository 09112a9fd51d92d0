package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One row of the study's table: loss barriers over the pairs of one setting.
 *
 * @param setting what the pairs have in common
 * @param pairs how many pairs entered the means; excluded pairs did not
 * @param barriers for each method its loss barriers' mean and sample standard deviation in nats; every method has an
 *     entry, with absent numbers when the study did not run it
 * @param bestRatioPercent the mean over pairs of each pair's own ratio best / naive, times 100; absent when some
 *     naive barrier is too close to 0 to divide by
 */
public record TableRow(
        Setting setting, int pairs, Map<Method, Statistic> barriers, OptionalDouble bestRatioPercent) {
    /** Copies the statistics in the order of the methods. */
    public TableRow {
        Map<Method, Statistic> ordered = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            ordered.put(method, barriers.getOrDefault(method,
                    new Statistic(OptionalDouble.empty(), OptionalDouble.empty())));
        }
        barriers = Collections.unmodifiableMap(ordered);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static TableRow of(TableRowDocument document) {
        return document.toRow();
    }

    @JsonValue
    TableRowDocument toDocument() {
        return TableRowDocument.of(this);
    }
}

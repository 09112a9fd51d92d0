package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One row of the study's table: loss barriers over the pairs of one setting. In {@code results.json} and
 * {@code table.csv} it is flat, with the columns of {@link RowColumns}.
 *
 * @param setting what the pairs have in common
 * @param pairs how many pairs entered the means; excluded pairs did not
 * @param test barriers on the test split
 * @param train barriers on the training split, {@link SplitSummary#NONE} where they were not measured
 * @param ranks for each method that orders experts, where its order stands among the measured ones
 */
public record TableRow(
        Setting setting, int pairs, SplitSummary test, SplitSummary train, Map<Method, RankSummary> ranks) {
    /** Copies the ranks in the order of the methods. */
    public TableRow {
        Map<Method, RankSummary> ordered = new EnumMap<>(Method.class);
        for (Method method : Method.orderings()) {
            ordered.put(method, ranks.getOrDefault(method, RankSummary.NONE));
        }
        ranks = Collections.unmodifiableMap(ordered);
    }

    /**
     * Barriers on the test split.
     *
     * @return for each method, in nats
     */
    public Map<Method, PairStatistic> barriers() {
        return test.barriers();
    }

    /**
     * What is left of the naive barrier on the test split.
     *
     * @return the mean over pairs of each pair's own ratio best / naive, times 100
     */
    public OptionalDouble bestRatioPercent() {
        return test.ratioPercent().mean();
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static TableRow of(ObjectNode document) {
        return RowColumns.read(document);
    }

    @JsonValue
    Map<String, Object> toDocument() {
        return RowColumns.of(this);
    }
}

package org.thalweg.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a study reports.
 *
 * @param schema the file format's name and version, {@link #SCHEMA}
 * @param study the study's name
 * @param conventions what the numbers mean
 * @param environment where it ran
 * @param configuration the study as it was asked for: text, numbers, truth values, lists and maps of these, in order
 * @param replicas the trained networks
 * @param pairs every path measured, or excluded
 * @param rows the table
 * @param orders the barriers of many orders of the experts, for each pair of which they were measured
 * @param warnings what the reader must know before believing the numbers, one sentence each
 * @param timing what the clock decided
 */
public record StudyResults(
        String schema,
        String study,
        Conventions conventions,
        Environment environment,
        Map<String, Object> configuration,
        List<ReplicaResult> replicas,
        List<PairResult> pairs,
        List<TableRow> rows,
        List<PairOrders> orders,
        List<String> warnings,
        Timing timing) {
    /** The format this program writes and reads. */
    public static final String SCHEMA = "thalweg-results/1";

    /** Copies the lists and the outer map of the configuration, whose inner values the caller must leave alone. */
    public StudyResults {
        configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
        replicas = List.copyOf(replicas);
        pairs = List.copyOf(pairs);
        rows = List.copyOf(rows);
        orders = List.copyOf(orders);
        warnings = List.copyOf(warnings);
    }
}

package org.thalweg.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of an analysis, which is also a plot: a line for each series, its points at the settings.
 *
 * @param analysis which analysis, also the name of its file
 * @param series what the lines are called, for example {@code method}
 * @param setting what stands below the plot, for example {@code inputs}
 * @param rows means over pairs, in the order of the trials
 */
public record AnalysisTable(String analysis, String series, String setting, List<AnalysisRow> rows) {
    /** Copies the list. */
    public AnalysisTable {
        rows = List.copyOf(rows);
    }

    /** Of which data set, line and place. */
    private record Key(String dataset, String series, String setting) {}

    /**
     * The tables of some points.
     *
     * @param points of any analyses
     * @return a table for each analysis, in each a row for each data set, series and setting, all in the order in which
     *     they first occur
     */
    public static List<AnalysisTable> of(List<AnalysisPoint> points) {
        Map<String, Map<Key, List<AnalysisPoint>>> groups = new LinkedHashMap<>();
        points.forEach(point -> groups.computeIfAbsent(point.analysis(), _ -> new LinkedHashMap<>())
                .computeIfAbsent(new Key(point.dataset(), point.series(), point.setting()), _ -> new ArrayList<>())
                .add(point));
        List<AnalysisTable> tables = new ArrayList<>();
        groups.forEach((label, rows) -> {
            Analysis analysis = Analysis.of(label);
            tables.add(new AnalysisTable(label, analysis.series(), analysis.setting(),
                    rows.values().stream().map(AnalysisRow::of).toList()));
        });
        return tables;
    }
}

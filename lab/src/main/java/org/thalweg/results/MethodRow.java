package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One row of the table of a study of Transformers, with exactly the columns of {@code table.csv}.
 *
 * @param dataset the data set's name
 * @param method how B was brought to A
 * @param pairs how many pairs entered the mean; excluded ones did not
 * @param barrierMean mean loss barrier in nats, absent without pairs
 * @param barrierSe standard error: sample deviation divided by the root of the number of pairs; absent below two pairs
 * @param form what went straight; absent in files of earlier runs, where stored weights did
 */
@JsonInclude
@JsonPropertyOrder({"dataset", "method", "pairs", "barrier_mean", "barrier_se", "form"})
public record MethodRow(
        String dataset, String method, int pairs, OptionalDouble barrierMean, OptionalDouble barrierSe,
        Optional<PathForm> form) {
    /** Of which data set, by which method and in which form. */
    private record Key(String dataset, String method, PathForm form) {}

    /**
     * The method, and the form where it is not that of the stored weights.
     *
     * @return for example {@code weight, circuits}
     */
    public String title() {
        return method + form.filter(straight -> straight != PathForm.WEIGHTS)
                .map(straight -> ", " + straight.label()).orElse("");
    }

    /**
     * The table of some paths.
     *
     * @param paths in the order of the table
     * @return a row for each data set, method and form, in the order in which they first occur
     */
    public static List<MethodRow> summarise(List<MethodPath> paths) {
        Map<Key, List<Double>> barriers = new LinkedHashMap<>();
        for (MethodPath path : paths) {
            List<Double> found = barriers.computeIfAbsent(
                    new Key(path.dataset(), path.method(), path.straight()), _ -> new ArrayList<>());
            path.lossBarrier().ifPresent(found::add);
        }
        List<MethodRow> rows = new ArrayList<>();
        barriers.forEach((key, values) -> {
            Statistic statistic = Statistic.of(values);
            rows.add(new MethodRow(key.dataset, key.method, values.size(), statistic.mean(),
                    statistic.standardError(values.size()), Optional.of(key.form)));
        });
        return rows;
    }
}

package org.thalweg.results;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The study's table and what must be said about it.
 *
 * @param rows one row a setting, in the order in which the settings first appear among the pairs
 * @param warnings one sentence for each row that leaves something out
 */
public record Table(List<TableRow> rows, List<String> warnings) {
    /** A naive barrier below this many nats is rounding, not a barrier, and no ratio to it is formed. */
    public static final double SMALLEST_NAIVE_BARRIER = 1e-6;

    /** Copies the lists. */
    public Table {
        rows = List.copyOf(rows);
        warnings = List.copyOf(warnings);
    }

    /** Two replicas of one setting. */
    private record Pair(String a, String b) {}

    /**
     * Averages loss barriers within each setting. A pair of which any method is excluded enters no mean of any
     * method, so that all means of a row are over the same pairs.
     *
     * @param pairs every path, in any order; the order decides that of the rows and of the sums
     * @return the table
     */
    public static Table summarise(List<PairResult> pairs) {
        Map<Setting, Map<Pair, Map<Method, PairResult>>> settings = new LinkedHashMap<>();
        for (PairResult result : pairs) {
            PairResult earlier = settings.computeIfAbsent(result.setting(), setting -> new LinkedHashMap<>())
                    .computeIfAbsent(new Pair(result.replicaA(), result.replicaB()),
                            pair -> new EnumMap<>(Method.class))
                    .put(result.method(), result);
            if (earlier != null) {
                throw new IllegalArgumentException("the pair " + result.replicaA() + ", " + result.replicaB()
                        + " is there twice by method " + result.method().label());
            }
        }
        List<TableRow> rows = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        settings.forEach((setting, group) -> rows.add(row(setting, group, warnings)));
        return new Table(rows, warnings);
    }

    private static TableRow row(Setting setting, Map<Pair, Map<Method, PairResult>> group, List<String> warnings) {
        List<Map<Method, Double>> complete = new ArrayList<>();
        for (Map<Method, PairResult> methods : group.values()) {
            if (methods.values().stream().allMatch(result -> result.measured().isPresent())) {
                Map<Method, Double> heights = new EnumMap<>(Method.class);
                methods.forEach((method, result) ->
                        heights.put(method, result.measured().orElseThrow().lossBarrier().height()));
                complete.add(heights);
            }
        }
        int excluded = group.size() - complete.size();
        if (excluded > 0) {
            warnings.add(name(setting) + ": " + excluded + " of " + group.size()
                    + " pairs excluded and not averaged in.");
        }
        Map<Method, Statistic> barriers = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            barriers.put(method, Statistic.of(complete.stream()
                    .filter(heights -> heights.containsKey(method)).map(heights -> heights.get(method)).toList()));
        }
        return new TableRow(setting, complete.size(), barriers, ratio(setting, complete, warnings));
    }

    private static OptionalDouble ratio(Setting setting, List<Map<Method, Double>> pairs, List<String> warnings) {
        List<Double> ratios = new ArrayList<>();
        for (Map<Method, Double> heights : pairs) {
            Optional<Double> naive = Optional.ofNullable(heights.get(Method.NAIVE));
            Optional<Double> best = Optional.ofNullable(heights.get(Method.BEST));
            if (naive.isPresent() && best.isPresent()) {
                if (naive.get() < SMALLEST_NAIVE_BARRIER) {
                    warnings.add(name(setting) + ": a naive barrier is below " + SMALLEST_NAIVE_BARRIER
                            + " nats, so there is nothing to remove and the ratio is left empty.");
                    return OptionalDouble.empty();
                }
                ratios.add(100 * best.get() / naive.get());
            }
        }
        return Statistic.of(ratios).mean();
    }

    private static String name(Setting setting) {
        return setting.dataset() + ", " + setting.variant() + ", " + setting.layers() + " layers, MoE in layer "
                + setting.moeLayer() + ", " + setting.experts() + " experts";
    }
}

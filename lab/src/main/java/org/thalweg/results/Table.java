package org.thalweg.results;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.thalweg.connectivity.LossAndAccuracy;

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
        Map<Pair, Map<Method, PairOutcome.Measured>> complete = new LinkedHashMap<>();
        group.forEach((pair, methods) -> {
            if (methods.values().stream().allMatch(result -> result.measured().isPresent())) {
                Map<Method, PairOutcome.Measured> measured = new EnumMap<>(Method.class);
                methods.forEach((method, result) -> measured.put(method, result.measured().orElseThrow()));
                complete.put(pair, measured);
            }
        });
        int excluded = group.size() - complete.size();
        if (excluded > 0) {
            warnings.add(name(setting) + ": " + excluded + " of " + group.size()
                    + " pairs excluded and not averaged in.");
        }
        SplitSummary test = split(complete, measured -> Optional.of(measured.curves()),
                name(setting) + ": a naive barrier", warnings);
        SplitSummary train = split(complete, PairOutcome.Measured::train,
                name(setting) + ": on the training split a naive barrier", warnings);
        Map<Method, RankSummary> ranks = new EnumMap<>(Method.class);
        for (Method method : Method.orderings()) {
            ranks.put(method, ranks(method, complete));
        }
        return new TableRow(setting, complete.size(), test, train, ranks);
    }

    /** Barriers on one part of the data. */
    private static SplitSummary split(
            Map<Pair, Map<Method, PairOutcome.Measured>> pairs,
            Function<PairOutcome.Measured, Optional<LossAndAccuracy>> part,
            String where,
            List<String> warnings) {
        Map<Method, PairStatistic> barriers = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            barriers.put(method, PairStatistic.of(values(method, pairs, measured -> height(part.apply(measured)))));
        }
        List<PairValue> naive = values(Method.NAIVE, pairs, measured -> height(part.apply(measured)));
        List<PairValue> best = values(Method.BEST, pairs, measured -> height(part.apply(measured)));
        if (naive.stream().anyMatch(pair -> pair.value() < SMALLEST_NAIVE_BARRIER) && !best.isEmpty()) {
            warnings.add(where + " is below " + SMALLEST_NAIVE_BARRIER
                    + " nats, so there is nothing to remove and the ratio is left empty.");
            return new SplitSummary(barriers, PairStatistic.NONE);
        }
        return new SplitSummary(barriers, PairStatistic.of(PairRatios.percent(best, naive)));
    }

    private static Optional<Double> height(Optional<LossAndAccuracy> curves) {
        return curves.map(measured -> measured.lossBarrier().height());
    }

    private static RankSummary ranks(Method method, Map<Pair, Map<Method, PairOutcome.Measured>> pairs) {
        return new RankSummary(
                PairStatistic.of(values(method, pairs, measured -> measured.byLoss().map(Table::rank))),
                PairStatistic.of(values(method, pairs, measured -> measured.byLoss().flatMap(Table::lHat))),
                PairStatistic.of(values(method, pairs, measured -> measured.byAccuracy().map(Table::rank))),
                PairStatistic.of(values(method, pairs, measured -> measured.byAccuracy().flatMap(Table::lHat))));
    }

    private static double rank(Ranking ranking) {
        return ranking.rank();
    }

    private static Optional<Double> lHat(Ranking ranking) {
        return ranking.lHat().isPresent() ? Optional.of(ranking.lHat().getAsDouble()) : Optional.empty();
    }

    /** One number of each pair that has it. */
    private static List<PairValue> values(
            Method method,
            Map<Pair, Map<Method, PairOutcome.Measured>> pairs,
            Function<PairOutcome.Measured, Optional<Double>> number) {
        List<PairValue> values = new ArrayList<>();
        pairs.forEach((pair, methods) -> Optional.ofNullable(methods.get(method)).flatMap(number)
                .ifPresent(value -> values.add(new PairValue(pair.a, pair.b, value))));
        return values;
    }

    private static String name(Setting setting) {
        return setting.dataset() + ", " + setting.variant() + ", " + setting.layers() + " layers, MoE in layer "
                + setting.moeLayer() + ", " + setting.experts() + " experts";
    }
}

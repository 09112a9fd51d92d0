package org.thalweg.paper;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairRatios;
import org.thalweg.results.PairResult;
import org.thalweg.results.PairStatistic;
import org.thalweg.results.PairValue;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.Setting;
import org.thalweg.results.Statistic;
import org.thalweg.results.StudyResults;
import org.thalweg.results.TableRow;

/**
 * What a study found for one setting, by name: {@code wm_barrier} (the better of both orders, pair by pair),
 * {@code naive_barrier}, {@code barrier_ratio} in percent, the same with {@code auc}, {@code accuracy_barrier} and
 * {@code accuracy_auc} in place of {@code barrier}, all of these with {@code train_} in front on training data,
 * {@code loss} and {@code accuracy} of the replicas on the test split, and ranks such as {@code expert_rank}.
 *
 * @param setting what the pairs have in common
 * @param pairs how many entered the means
 * @param numbers by name
 */
public record OurRow(Setting setting, int pairs, Map<String, PairStatistic> numbers) {
    /** A naive number this near to 0 is rounding, and no ratio to it is formed. */
    private static final double SMALLEST_NAIVE = 1e-6;

    /** Copies the map. */
    public OurRow {
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    }

    /**
     * All settings of some results.
     *
     * @param results of one study
     * @return a row for each row of its table
     */
    public static List<OurRow> of(StudyResults results) {
        return results.rows().stream().map(row -> of(results, row)).toList();
    }

    private static OurRow of(StudyResults results, TableRow row) {
        Map<String, PairStatistic> numbers = new LinkedHashMap<>();
        List<PairResult> complete = complete(results.pairs(), row.setting());
        paths(numbers, "", complete, measured -> Optional.of(measured.curves()));
        paths(numbers, "train_", complete, PairOutcome.Measured::train);
        row.ranks().forEach((method, ranks) -> {
            numbers.put(method.label() + "_rank", ranks.rank());
            numbers.put(method.label() + "_l_hat", ranks.lHat());
            numbers.put(method.label() + "_rank_accuracy", ranks.rankAccuracy());
            numbers.put(method.label() + "_l_hat_accuracy", ranks.lHatAccuracy());
        });
        List<ReplicaOutcome.Trained> trained = results.replicas().stream()
                .filter(replica -> replica.setting().equals(row.setting()))
                .map(replica -> replica.outcome()).filter(ReplicaOutcome.Trained.class::isInstance)
                .map(ReplicaOutcome.Trained.class::cast).toList();
        numbers.put("loss", overReplicas(trained.stream().map(ReplicaOutcome.Trained::testLoss).toList()));
        numbers.put("accuracy", overReplicas(trained.stream()
                .filter(replica -> replica.testAccuracy().isPresent())
                .map(replica -> replica.testAccuracy().getAsDouble()).toList()));
        return new OurRow(row.setting(), row.pairs(), numbers);
    }

    private static PairStatistic overReplicas(List<Double> values) {
        Statistic statistic = Statistic.of(values);
        return new PairStatistic(statistic.mean(), statistic.deviation(), Optional.empty());
    }

    private record Pair(String a, String b) {}

    /** The paths of a setting's pairs of which no method is excluded. */
    private static List<PairResult> complete(List<PairResult> all, Setting setting) {
        List<PairResult> own = all.stream().filter(pair -> pair.setting().equals(setting)).toList();
        LinkedHashSet<Pair> excluded = own.stream().filter(pair -> pair.measured().isEmpty())
                .map(pair -> new Pair(pair.replicaA(), pair.replicaB()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return own.stream().filter(pair -> !excluded.contains(new Pair(pair.replicaA(), pair.replicaB()))).toList();
    }

    private static void paths(
            Map<String, PairStatistic> numbers,
            String prefix,
            List<PairResult> pairs,
            Function<PairOutcome.Measured, Optional<LossAndAccuracy>> part) {
        Map<String, Function<LossAndAccuracy, Optional<Double>>> kinds = new LinkedHashMap<>();
        kinds.put("barrier", curves -> Optional.of(curves.lossBarrier().height()));
        kinds.put("auc", curves -> Optional.of(curves.lossBarrier().area().signed()));
        kinds.put("accuracy_barrier", curves -> curves.accuracyBarrier().map(Barrier::height));
        kinds.put("accuracy_auc", curves -> curves.accuracyBarrier().map(barrier -> barrier.area().signed()));
        kinds.forEach((kind, number) -> {
            List<PairValue> matched = new ArrayList<>();
            List<PairValue> naive = new ArrayList<>();
            for (PairResult pair : pairs) {
                Optional<Double> value = pair.measured().flatMap(part).flatMap(number);
                if (value.isPresent() && (pair.method() == Method.BEST || pair.method() == Method.NAIVE)) {
                    (pair.method() == Method.BEST ? matched : naive)
                            .add(new PairValue(pair.replicaA(), pair.replicaB(), value.get()));
                }
            }
            numbers.put(prefix + "wm_" + kind, PairStatistic.of(matched));
            numbers.put(prefix + "naive_" + kind, PairStatistic.of(naive));
            boolean divides = naive.stream().allMatch(pair -> Math.abs(pair.value()) >= SMALLEST_NAIVE);
            numbers.put(prefix + kind + "_ratio",
                    divides ? PairStatistic.of(PairRatios.percent(matched, naive)) : PairStatistic.NONE);
        });
    }
}

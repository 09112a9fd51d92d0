package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.results.Method;
import org.thalweg.results.PairOrders;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairResult;
import org.thalweg.results.Setting;
import org.thalweg.results.StepFile;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Measures loss and accuracy along the straight lines between two replicas, naive and matched, on the test set and on
 * as many training examples, and, for experts in one layer, along those of many orders of the experts, each followed by
 * hidden matching, on the test set (Paper A, Table 7).
 *
 * @param setting of both replicas
 * @param replicaA id of the replica at t = 0
 * @param replicaB id of the replica at t = 1
 * @param points of the grid
 * @param rankUpTo with at most so many experts all orders are measured
 * @param rankSample with more experts so many orders are, the methods' own among them; 0 for none
 */
public record MeasureStep(
        Setting setting, String replicaA, String replicaB, int points, int rankUpTo, int rankSample)
        implements Step {
    /** The artifact's file. */
    static final String PATHS = "paths.json";

    /** The file with the barriers of the orders, where they were measured. */
    private static final String ORDERS = "orders.json";

    @Override
    public String kind() {
        return "measure";
    }

    @Override
    public int version() {
        return 3;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.putObject("setting")
                .put("dataset", setting.dataset())
                .put("variant", setting.variant())
                .put("layers", setting.layers())
                .put("moe_layer", setting.moeLayer())
                .put("experts", setting.experts());
        return content.put("replica_a", replicaA).put("replica_b", replicaB)
                .put("points", points).put("rank_up_to", rankUpTo).put("rank_sample", rankSample);
    }

    @Override
    public String label() {
        return MatchStep.label(replicaA, replicaB);
    }

    @Override
    public long work(StepData data) {
        long paths = 1L + Method.orderings().size();
        long others = ranked() ? Math.max(0, sample(1).size() - Method.orderings().size()) : 0;
        return PathRuler.work(paths + others, points, ExampleData.of(data).test().size())
                + PathRuler.work(paths, points, TrainingSample.size(ExampleData.of(data)));
    }

    private boolean ranked() {
        return sample(1).size() > 0 && !setting.moeLayer().contains("+");
    }

    private OrderSample sample(int groups) {
        return new OrderSample(setting.experts(), groups, rankUpTo, rankSample);
    }

    @Override
    public void run(StepContext context) throws IOException {
        Path a = context.inputs().get(0);
        Path b = context.inputs().get(1);
        Optional<String> excluded = ReplicaPair.excluded(a, b);
        List<PairResult> results = new ArrayList<>();
        if (excluded.isPresent()) {
            exclude(results, excluded.get());
        } else {
            try (Scope scope = Scope.open()) {
                measure(context, ReplicaPair.load(a, b), results);
            } catch (ArithmeticException noNumber) {
                exclude(results, "between " + replicaA + " and " + replicaB + " " + noNumber.getMessage() + ".");
            }
        }
        StepFile.write(context.output().resolve(PATHS), results);
    }

    /** The orders that a finished measurement holds, where it measured any. */
    static Optional<PairOrders> orders(Path directory) {
        Path file = directory.resolve(ORDERS);
        return Files.exists(file) ? Optional.of(StepFile.read(file, PairOrders.class)) : Optional.empty();
    }

    private void exclude(List<PairResult> results, String reason) {
        for (Method method : Method.values()) {
            results.add(result(method, new PairOutcome.Excluded(reason)));
        }
    }

    private PairResult result(Method method, PairOutcome outcome) {
        return new PairResult(setting, replicaA, replicaB, method, outcome);
    }

    private void measure(StepContext context, ReplicaPair pair, List<PairResult> results) throws IOException {
        Path match = context.inputs().get(2);
        Map<Method, LossAndAccuracy> train = new EnumMap<>(Method.class);
        // One part of the data after the other: states before the experts can be large.
        try (Scope scope = Scope.open()) {
            PathRuler ruler = PathRuler.of(context, pair, TrainingSample.of(context.examples()), Grid.uniform(points));
            train.put(Method.NAIVE, ruler.measure(pair.b()));
            for (Method method : Method.orderings()) {
                train.put(method, aligned(ruler, pair, match, method));
            }
        }
        PathRuler ruler = PathRuler.of(context, pair, context.examples().test(), Grid.uniform(points));
        Map<Method, LossAndAccuracy> test = new EnumMap<>(Method.class);
        test.put(Method.NAIVE, ruler.measure(pair.b()));
        for (Method method : Method.orderings()) {
            test.put(method, aligned(ruler, pair, match, method));
        }
        Optional<Ranks> ranks = ranked() ? Optional.of(rank(context, ruler, pair, test)) : Optional.empty();
        Method chosen = test.get(Method.EXPERT).lossBarrier().height()
                < test.get(Method.GATE).lossBarrier().height() ? Method.EXPERT : Method.GATE;
        for (Method method : Method.values()) {
            Method source = method == Method.BEST ? chosen : method;
            LossAndAccuracy curve = test.get(source);
            boolean moved = method != Method.NAIVE;
            results.add(result(method, new PairOutcome.Measured(
                    curve,
                    method == Method.BEST ? Optional.of(chosen) : Optional.empty(),
                    ranks.filter(_ -> moved).map(all -> all.byLoss(curve)),
                    ranks.filter(_ -> moved).map(all -> all.byAccuracy(curve)),
                    moved ? OptionalDouble.of(MatchStep.maxAbsDifference(match, source)) : OptionalDouble.empty(),
                    Optional.of(train.get(source)))));
        }
    }

    private static LossAndAccuracy aligned(PathRuler ruler, ReplicaPair pair, Path match, Method method) {
        try (Scope scope = Scope.open()) {
            Architecture architecture = pair.architecture();
            return ruler.measure(AlignmentFile.read(MatchStep.alignment(match, method), architecture).apply(pair.b()));
        }
    }

    private Ranks rank(
            StepContext context, PathRuler ruler, ReplicaPair pair, Map<Method, LossAndAccuracy> measured) {
        MoeMatcher matcher = pair.matcher();
        OrderRanking ranking = new OrderRanking(matcher);
        for (Method method : Method.orderings()) {
            ranking.add(method, matcher.order(AlignmentFile.read(
                    MatchStep.alignment(context.inputs().get(2), method), pair.architecture())), measured.get(method));
        }
        long seed = Random.childSeed(1, "orders of " + replicaA + " and " + replicaB);
        OrderSample sample = sample(matcher.groups());
        ranking.measure(context, ruler, pair, sample.orders(ranking.chosen(), seed));
        StepFile.write(context.output().resolve(ORDERS),
                PairOrders.of(setting, replicaA, replicaB, ranking.barriers(), ranking.leftOut())
                        .among(sample.possible()));
        return ranking.ranks(measured.get(Method.NAIVE));
    }
}

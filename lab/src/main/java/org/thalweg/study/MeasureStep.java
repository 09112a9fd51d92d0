package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.group.Permutation;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairResult;
import org.thalweg.results.PairsFile;
import org.thalweg.results.Setting;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Stopped;

/**
 * Measures loss and accuracy on the test set along the straight lines between two replicas, naive and matched, and,
 * for few experts in one layer, along those of every order of the experts, each followed by hidden matching (Paper A,
 * Table 7).
 *
 * @param setting of both replicas
 * @param replicaA id of the replica at t = 0
 * @param replicaB id of the replica at t = 1
 * @param points of the grid
 * @param rankUpTo with at most so many experts all orders are measured
 */
public record MeasureStep(Setting setting, String replicaA, String replicaB, int points, int rankUpTo)
        implements Step {
    /** The artifact's file. */
    static final String PATHS = "paths.json";

    @Override
    public String kind() {
        return "measure";
    }

    @Override
    public int version() {
        return 1;
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
                .put("points", points).put("rank_up_to", rankUpTo);
    }

    @Override
    public String label() {
        return MatchStep.label(replicaA, replicaB);
    }

    @Override
    public long work(StepData data) {
        return (3 + (ranked() ? orders() : 0)) * points * data.test().size();
    }

    private boolean ranked() {
        return setting.experts() <= rankUpTo && !setting.moeLayer().contains("+");
    }

    private long orders() {
        return LongStream.rangeClosed(1, setting.experts()).reduce(1, (product, factor) -> product * factor);
    }

    @Override
    public void run(StepContext context) throws IOException {
        Path a = context.inputs().get(0);
        Path b = context.inputs().get(1);
        Path match = context.inputs().get(2);
        Optional<String> excluded = ReplicaPair.excluded(a, b);
        List<PairResult> results = new ArrayList<>();
        if (excluded.isPresent()) {
            exclude(results, excluded.get());
        } else {
            try (Scope scope = Scope.open()) {
                measure(context, ReplicaPair.load(a, b), match, results);
            } catch (ArithmeticException noNumber) {
                exclude(results, "between " + replicaA + " and " + replicaB + " " + noNumber.getMessage() + ".");
            }
        }
        PairsFile.write(context.output().resolve(PATHS), results);
    }

    private void exclude(List<PairResult> results, String reason) {
        for (Method method : Method.values()) {
            results.add(result(method, new PairOutcome.Excluded(reason)));
        }
    }

    private PairResult result(Method method, PairOutcome outcome) {
        return new PairResult(setting, replicaA, replicaB, method, outcome);
    }

    private void measure(StepContext context, ReplicaPair pair, Path match, List<PairResult> results)
            throws IOException {
        Ruler ruler = Ruler.of(context, pair, Grid.uniform(points));
        Architecture architecture = pair.architecture();
        Map<Method, LossAndAccuracy> curves = new LinkedHashMap<>();
        curves.put(Method.NAIVE, ruler.measure(pair.b()));
        Optional<MoeMatcher> matcher = ranked() ? Optional.of(pair.matcher()) : Optional.empty();
        Map<Permutation, LossAndAccuracy> byOrder = new LinkedHashMap<>();
        for (Method method : MatchStep.methods()) {
            var alignment = AlignmentFile.read(MatchStep.alignment(match, method), architecture);
            LossAndAccuracy curve = ruler.measure(alignment.apply(pair.b()));
            curves.put(method, curve);
            matcher.map(found -> found.expertSpaces().getFirst())
                    .ifPresent(experts -> byOrder.put(alignment.permutation(experts), curve));
        }
        Optional<Ranks> ranks = Optional.empty();
        if (matcher.isPresent()) {
            measureOrders(context, ruler, matcher.get(), byOrder);
            ranks = Optional.of(new Ranks(curves.get(Method.NAIVE), List.copyOf(byOrder.values())));
        }
        Method chosen = curves.get(Method.EXPERT).lossBarrier().height()
                < curves.get(Method.GATE).lossBarrier().height() ? Method.EXPERT : Method.GATE;
        results.add(result(Method.NAIVE, PairOutcome.Measured.of(curves.get(Method.NAIVE))));
        for (Method method : List.of(Method.GATE, Method.EXPERT, Method.BEST)) {
            Method source = method == Method.BEST ? chosen : method;
            LossAndAccuracy curve = curves.get(source);
            results.add(result(method, new PairOutcome.Measured(
                    curve,
                    method == Method.BEST ? Optional.of(chosen) : Optional.empty(),
                    ranks.map(all -> all.byLoss(curve)),
                    ranks.map(all -> all.byAccuracy(curve)),
                    OptionalDouble.of(MatchStep.maxAbsDifference(match, source)))));
        }
    }

    /** Adds the orders not measured yet; one whose path has a loss that is no number is worse than all and left out. */
    private void measureOrders(
            StepContext context, Ruler ruler, MoeMatcher matcher, Map<Permutation, LossAndAccuracy> byOrder) {
        ReplicaPair pair = ruler.pair();
        for (Permutation order : Permutation.all(setting.experts())) {
            if (byOrder.containsKey(order)) {
                continue;
            }
            try (Scope scope = Scope.open()) {
                Parameters aligned = matcher.withExpertOrder(order).alignment().apply(pair.b());
                pair.checkUnchanged(aligned, context.data());
                byOrder.put(order, ruler.measure(aligned));
            } catch (ArithmeticException noNumber) {
                context.monitor().advance(0, "an order without a finite loss");
            }
        }
    }

    /** Measures paths from one model to others on the examples already advanced to where models differ. */
    private record Ruler(StepContext context, ReplicaPair pair, EvaluationSet examples, Grid grid) {
        static Ruler of(StepContext context, ReplicaPair pair, Grid grid) {
            int from = EvaluationSet.firstDifference(pair.network(), pair.a(), pair.b());
            return new Ruler(context, pair, EvaluationSet.advance(pair.network(), pair.a(), context.data().test(),
                    context.data().evaluationBatch(), from), grid);
        }

        LossAndAccuracy measure(Parameters end) {
            long images = context.data().test().size();
            return new StraightPath(pair.a(), end).measure(pair.network(), examples, grid, () -> {
                context.monitor().advance(images, "curve");
                if (context.monitor().stopRequested()) {
                    throw new Stopped();
                }
            });
        }
    }
}

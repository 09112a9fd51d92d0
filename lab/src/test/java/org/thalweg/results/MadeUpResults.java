package org.thalweg.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;

/** A study nobody ran, of the shape of a real one: bumps of known height, one diverged replica, some ranked orders. */
public final class MadeUpResults {
    private static final Grid GRID = Grid.standard();

    private MadeUpResults() {}

    /** Four settings; in the last one replica 3 diverged. */
    public static StudyResults study() {
        List<Setting> settings = List.of(
                new Setting("fashion-mnist", "dense", 2, "1", 4),
                new Setting("fashion-mnist", "sparse (k=2)", 2, "1", 4),
                new Setting("fashion-mnist", "deepseek (k=2, s=1)", 2, "1", 4),
                new Setting("fashion-mnist", "dense", 6, "1+6", 8));
        return study(settings, true);
    }

    /** One setting, of which every replica was trained. */
    public static StudyResults of(Setting setting) {
        return study(List.of(setting), false);
    }

    private static StudyResults study(List<Setting> settings, boolean lastDiverges) {
        List<ReplicaResult> replicas = new ArrayList<>();
        List<PairResult> pairs = new ArrayList<>();
        List<PairOrders> orders = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            boolean diverges = lastDiverges && i == settings.size() - 1;
            if (!diverges) {
                orders.add(orders(settings.get(i)));
            }
            replicas.addAll(replicas(settings.get(i), diverges));
            pairs.addAll(pairs(settings.get(i), i, diverges));
        }
        Table table = Table.summarise(pairs);
        List<String> warnings = new ArrayList<>(table.warnings());
        if (lastDiverges) {
            warnings.add("dense-6-1+6-8-r3 diverged: the loss became NaN at step 240 of 800; try a smaller "
                    + "learning rate.");
        }
        return new StudyResults(StudyResults.SCHEMA, "made-up <study> & \"friends\"",
                Conventions.standard(25, new Conventions.Split("test", 2000), List.of(1L, 2L, 3L)).withIntervals()
                        .withTraining(new Conventions.Split("training split", 2000)),
                new Environment("Linux amd64", 2, "25.0.1", "MKL 2025.3", 2), configuration(), replicas, pairs,
                table.rows(), orders, warnings, new Timing("2026-11-22T08:00:00Z", "2026-11-22T08:06:12Z", 372.4,
                        new LinkedHashMap<>(Map.of("train", 301.25))));
    }

    /** A bump of a given height over a chord from 0.62 to 0.65 nats. */
    static LossAndAccuracy bump(double height, double skew) {
        double[] loss = new double[GRID.points()];
        double[] accuracy = new double[GRID.points()];
        for (int i = 0; i < loss.length; i++) {
            double t = GRID.at(i);
            double bump = Math.pow(Math.sin(Math.PI * Math.pow(t, skew)), 2);
            loss[i] = 0.62 + 0.03 * t + height * bump;
            accuracy[i] = 0.80 - 0.01 * t - 0.45 * bump * (1 - Math.exp(-height));
        }
        return new LossAndAccuracy(new Curve(GRID, loss), Optional.of(new Curve(GRID, accuracy)));
    }

    private static List<ReplicaResult> replicas(Setting setting, boolean diverges) {
        List<ReplicaResult> replicas = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            ReplicaOutcome outcome = diverges && seed == 3
                    ? new ReplicaOutcome.Diverged("the loss became NaN at step 240 of 800")
                    : new ReplicaOutcome.Trained(0.61 + 0.01 * seed, OptionalDouble.of(0.81 - 0.003 * seed),
                            OptionalDouble.of(0.55 + 0.01 * seed), "checkpoints/" + id(setting, seed));
            replicas.add(new ReplicaResult(id(setting, seed), setting, seed, outcome));
        }
        return replicas;
    }

    private static List<PairResult> pairs(Setting setting, int index, boolean diverges) {
        SplittableRandom random = new SplittableRandom(index);
        List<PairResult> pairs = new ArrayList<>();
        for (int a = 1; a <= 3; a++) {
            for (int b = a + 1; b <= 3; b++) {
                double naive = 0.30 + 0.25 * index + 0.1 * random.nextDouble();
                double gate = naive * (0.04 + 0.08 * random.nextDouble());
                double expert = naive * (0.04 + 0.08 * random.nextDouble());
                boolean excluded = diverges && b == 3;
                for (Method method : Method.values()) {
                    PairOutcome outcome = excluded
                            ? new PairOutcome.Excluded("replica " + id(setting, 3) + " diverged")
                            : outcome(method, Map.of(Method.NAIVE, naive, Method.GATE, gate, Method.EXPERT, expert));
                    pairs.add(new PairResult(setting, id(setting, a), id(setting, b), method, outcome));
                }
            }
        }
        return pairs;
    }

    private static PairOutcome outcome(Method method, Map<Method, Double> heights) {
        Method chosen = heights.get(Method.EXPERT) < heights.get(Method.GATE) ? Method.EXPERT : Method.GATE;
        return switch (method) {
            case NAIVE -> new PairOutcome.Measured(bump(heights.get(method), 1), Optional.empty(), Optional.empty(),
                    Optional.empty(), OptionalDouble.empty(), Optional.of(bump(1.5 * heights.get(method), 1)));
            case GATE, EXPERT -> matched(heights.get(method), Optional.empty());
            case BEST -> matched(heights.get(chosen), Optional.of(chosen));
        };
    }

    private static PairOutcome matched(double height, Optional<Method> chosen) {
        int rank = 1 + (int) (height * 100) % 5;
        return new PairOutcome.Measured(bump(height, 1.2), chosen,
                Optional.of(new Ranking(rank, OptionalDouble.of(rank == 1 ? 0 : height * 40))),
                Optional.of(new Ranking(1, OptionalDouble.of(0))), OptionalDouble.of(3.552713678800501e-15 * rank),
                Optional.of(bump(1.1 * height, 1.2)));
    }

    /** Six orders of the first pair, of which the second is the one that both methods choose. */
    private static PairOrders orders(Setting setting) {
        List<OrderBarrier> orders = new ArrayList<>();
        for (int order = 0; order < 6; order++) {
            orders.add(new OrderBarrier(List.of(order, 1, 2), 0.05 + 0.04 * (order * 5 % 6),
                    OptionalDouble.of(0.01 * order),
                    order == 5 ? List.of(Method.GATE, Method.EXPERT) : List.of()));
        }
        return PairOrders.of(setting, id(setting, 1), id(setting, 2), orders, 1);
    }

    private static String id(Setting setting, int seed) {
        return setting.variant().replaceAll("[^a-z]+.*", "") + "-" + setting.layers() + "-" + setting.moeLayer() + "-"
                + setting.experts() + "-r" + seed;
    }

    private static Map<String, Object> configuration() {
        Map<String, Object> network = new LinkedHashMap<>();
        network.put("width", 32);
        network.put("heads", 4);
        network.put("patch", 7);
        network.put("activation", "gelu");
        Map<String, Object> training = new LinkedHashMap<>();
        training.put("optimizer", "adamw");
        training.put("learning_rate", 0.001);
        training.put("epochs", 3);
        Map<String, Object> study = new LinkedHashMap<>();
        study.put("name", "made-up");
        study.put("network", network);
        study.put("training", training);
        study.put("gates", List.of("dense", "sparse", "deepseek"));
        study.put("note", "</script><script>console.error('escaped badly')</script><!-- ]]>");
        return study;
    }
}

package org.thalweg.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.family.VitFamily;
import org.thalweg.network.Network;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Times a curve between two models that differ in the experts of the last of six layers: with the common layers
 * computed once, with the whole network at each point, and with the whole network computing every token in its last
 * layer, which this project's ViT does not. All three give the same curve; each turn times all three.
 *
 * <p>Options {@code images=500 batch=250 points=25 turns=3 threads=1}; prints one JSON document.
 */
public final class CurveTimings {
    private final VitConfig config = Sizes.cifarWithExpertsLast();
    private final Vit network = VitFamily.network(config);
    private final StraightPath path;
    private final List<EvaluationSet.Batch> inputs = new ArrayList<>();
    private final Grid grid;

    private CurveTimings(Options options) {
        Random random = Random.seeded(1);
        Parameters a = network.initialise(random);
        Parameters b = a.with(config.moe().orElseThrow().layer()
                .initialise(network.names(), Sizes.LAYERS - 1, config.residual(), random));
        path = new StraightPath(a, b);
        grid = Grid.uniform(options.get("points"));
        for (int first = 0; first < options.get("images"); first += options.get("batch")) {
            int[] classes = new int[Math.min(options.get("batch"), options.get("images") - first)];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = (first + i) % Sizes.CLASSES;
            }
            inputs.add(new EvaluationSet.Batch(
                    random.normal(DType.FLOAT32, classes.length, 3, 32, 32), Tensor.indices(classes)));
        }
    }

    /**
     * Runs the program.
     *
     * @param arguments options as above
     */
    public static void main(String[] arguments) {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("images", 500);
        defaults.put("batch", 250);
        defaults.put("points", 25);
        defaults.put("turns", 3);
        defaults.put("threads", 1);
        Options options = Options.of(arguments, defaults);
        Engine.useThreadsPerOperation(options.get("threads"));
        try (Scope scope = Scope.open()) {
            System.out.println(Measured.json(new CurveTimings(options).measure(options)));
        }
    }

    /** A way of measuring the curve: which network, and from which stage on at each point. */
    private record Way(Network network, int from) {}

    private record Timed(double seconds, LossAndAccuracy curve) {}

    private Timed time(Way way) {
        try (Scope scope = Scope.open()) {
            long start = System.nanoTime();
            EvaluationSet examples = EvaluationSet.advance(way.network, path.a(), inputs, way.from);
            LossAndAccuracy curve = path.measure(way.network, examples, grid, () -> { });
            return new Timed((System.nanoTime() - start) / 1e9, curve);
        }
    }

    private Map<String, Object> measure(Options options) {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("shared_prefix", new Way(network, EvaluationSet.firstDifference(network, path.a(), path.b())));
        ways.put("whole_network", new Way(network, 0));
        ways.put("whole_network_every_token", new Way(EveryToken.of(config), 0));
        ways.values().forEach(this::time);
        Map<String, double[]> seconds = new LinkedHashMap<>();
        Map<String, LossAndAccuracy> curves = new LinkedHashMap<>();
        for (int turn = 0; turn < options.get("turns"); turn++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                Timed timed = time(way.getValue());
                seconds.computeIfAbsent(way.getKey(), name -> new double[options.get("turns")])[turn] =
                        timed.seconds;
                curves.put(way.getKey(), timed.curve);
            }
        }
        Map<String, Object> document = Measured.document("curve");
        document.putAll(options.values());
        document.put("seconds", seconds);
        double shared = Measured.median(seconds.get("shared_prefix"));
        document.put("ratio_whole_network", Measured.median(seconds.get("whole_network")) / shared);
        document.put("ratio_whole_network_every_token",
                Measured.median(seconds.get("whole_network_every_token")) / shared);
        document.put("max_abs_loss_difference", Math.max(
                difference(curves.get("shared_prefix"), curves.get("whole_network")),
                difference(curves.get("shared_prefix"), curves.get("whole_network_every_token"))));
        return document;
    }

    private double difference(LossAndAccuracy one, LossAndAccuracy other) {
        double largest = 0;
        for (int point = 0; point < grid.points(); point++) {
            largest = Math.max(largest, Math.abs(one.loss().at(point) - other.loss().at(point)));
        }
        return largest;
    }
}

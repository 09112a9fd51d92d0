package org.thalweg.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.family.VitFamily;
import org.thalweg.network.Network;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.StudyResults;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.study.GraphRun;
import org.thalweg.study.StopSignal;
import org.thalweg.study.StudyData;
import org.thalweg.study.StudyFile;
import org.thalweg.study.StudyObserver;
import org.thalweg.study.StudyReader;
import org.thalweg.study.StudyRun;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/**
 * Times the ranking of all 24 orders of four experts for every pair of a study against what it cannot do without: one
 * curve for each order and pair, from the experts on. The study is a real one on random images: replicas are trained
 * for one epoch, matched, and measured, with both methods' curves on training images and all checks included. The curve
 * is timed after the study, on the same test images advanced to the experts.
 *
 * <p>Options {@code images=2000 layers=2 patch=4 residual=128 hidden=512 replicas=5 points=25 moe=1 turns=3 threads=1};
 * {@code images} is the number of test images and of training images. Prints one JSON document with {@code ratio}, the
 * seconds of the steps that measure by those of 24 curves for each pair, of which the aim is at most 1.3, and
 * {@code ratio_within}, the same by the median point of the study's own curves, which a machine that is busy at times
 * does not distort.
 */
public final class RankingTimings {
    private static final int CLASSES = 10;
    private static final int ORDERS = 24;

    private RankingTimings() {}

    /**
     * Runs the program.
     *
     * @param arguments options as above
     * @throws IOException when no temporary directory can be made
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("images", 2000);
        defaults.put("layers", 2);
        defaults.put("patch", 4);
        defaults.put("residual", 128);
        defaults.put("hidden", 512);
        defaults.put("replicas", 5);
        defaults.put("points", 25);
        defaults.put("moe", 1);
        defaults.put("turns", 3);
        defaults.put("threads", 1);
        Options options = Options.of(arguments, defaults);
        Path run = Files.createTempDirectory("ranking");
        try {
            System.out.println(Measured.json(measure(options, run)));
        } finally {
            DurableDirectory.deleteRecursively(run);
        }
    }

    private static Map<String, Object> measure(Options options, Path run) {
        StudyFile study = (StudyFile) StudyReader.parse(text(options), "the benchmark's study");
        StudyData data = StudyData.of(new ImageData("random", images(options, 1), images(options, 2), "random"), study);
        Points points = new Points();
        StudyResults results = new StudyRun(study, run,
                new GraphRun.Options(1, options.get("threads"), Duration.ofHours(1)), points,
                new StopSignal()).run(data, _ -> { });
        int pairs = results.orders().size();
        if (results.orders().stream().anyMatch(pair -> pair.orders().size() + pair.leftOut() != ORDERS)) {
            throw new IllegalStateException("not every pair has " + ORDERS + " orders");
        }
        double ranking = results.timing().steps().get("measure");
        double[] curve = curves(options, run, data, results);
        Map<String, Object> document = Measured.document("ranking");
        document.putAll(options.values());
        document.put("pairs", pairs);
        document.put("seconds_of_measure_steps", ranking);
        document.put("seconds_of_one_curve", curve);
        document.put("seconds_of_one_point_within", points.median());
        document.put("ratio", ranking / (ORDERS * pairs * Measured.median(curve)));
        document.put("ratio_within", ranking / (ORDERS * pairs * options.get("points") * points.median()));
        return document;
    }

    /** How long the points of the measured curves take, while the steps run. */
    private static final class Points implements StudyObserver {
        private final List<Double> seconds = new ArrayList<>();
        private long before = System.nanoTime();

        @Override
        public void planned(long work) {
            // Only points are timed.
        }

        @Override
        public void advanced(long work, String step, String note) {
            long now = System.nanoTime();
            if (step.startsWith("measure ")) {
                seconds.add((now - before) / 1e9);
            }
            before = now;
        }

        @Override
        public void reused(long work) {
            // Nothing is there when the study begins.
        }

        @Override
        public void warned(String sentence) {
            throw new IllegalStateException(sentence);
        }

        double median() {
            return Measured.median(seconds.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /** One matched curve: the end is another replica, which costs what an aligned one does. */
    private static double[] curves(Options options, Path run, StudyData data, StudyResults results) {
        Engine.useThreadsPerOperation(options.get("threads"));
        double[] seconds = new double[options.get("turns")];
        try (Scope scope = Scope.open()) {
            List<Path> replicas = results.replicas().stream()
                    .map(replica -> run.resolve(((ReplicaOutcome.Trained) replica.outcome()).checkpoint())).toList();
            Network network = VitFamily.network(Checkpoint.open(replicas.getFirst()).config());
            Parameters a = Checkpoint.open(replicas.getFirst()).load();
            Parameters b = Checkpoint.open(replicas.getLast()).load();
            EvaluationSet examples = EvaluationSet.advance(network, a, data.test().inOrder(500),
                    EvaluationSet.firstDifference(network, a, b));
            for (int turn = -1; turn < seconds.length; turn++) {
                long start = System.nanoTime();
                new StraightPath(a, b).measure(network, examples, Grid.uniform(options.get("points")), () -> { });
                if (turn >= 0) {
                    seconds[turn] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        return seconds;
    }

    private static ImageSet images(Options options, long seed) {
        ImageShape shape = new ImageShape(3, 32, 32);
        int count = options.get("images");
        byte[] pixels = new byte[count * shape.pixels()];
        new SplittableRandom(seed).nextBytes(pixels);
        return ImageSet.wrap("random images", shape,
                IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList(),
                IntStream.range(0, count).map(image -> image % CLASSES).toArray(), pixels);
    }

    private static String text(Options options) {
        return """
                study: ranking
                dataset: random
                seed: 1
                replicas: %d
                points: %d
                rank_up_to: 4
                vit: {patch: %d, residual: %d, heads: 8, feed_forward: %d}
                pretrain: {epochs: 1, batch: 100, optimiser: adamw, learning_rate: 0.001}
                finetune: {epochs: 1, batch: 100, optimiser: adamw, learning_rate: 0.001}
                experiments:
                  - {layers: %d, moe_layers: %d, gating: dense, experts: 4}
                """.formatted(options.get("replicas"), options.get("points"), options.get("patch"),
                options.get("residual"), options.get("hidden"), options.get("layers"), options.get("moe"));
    }
}

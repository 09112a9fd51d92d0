package org.thalweg.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.data.ImageSet;
import org.thalweg.family.VitFamily;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Monitor;
import org.thalweg.training.PrefixRoom;
import org.thalweg.training.PrefixStore;
import org.thalweg.training.Standardisation;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingPlan;

/**
 * Times the training of experts in the first, the middle and the last layer of the CIFAR-size ViT, all else frozen, on
 * random images. The outputs of the frozen stages are kept in memory, kept in a file, or computed again in every step.
 * Prints the time until the first step is done, which includes the one run of the frozen stages, and the median of the
 * others.
 *
 * <p>Options {@code images=5000 epochs=3 batch=64 threads=1}; prints one JSON document.
 */
public final class PrefixTimings {
    private PrefixTimings() {}

    /**
     * Runs the program.
     *
     * @param arguments options as above
     * @throws IOException when there can be no directory for temporary files
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("images", 5000);
        defaults.put("epochs", 3);
        defaults.put("batch", 64);
        defaults.put("threads", 1);
        Options options = Options.of(arguments, defaults);
        Engine.useThreadsPerOperation(options.get("threads"));
        Path directory = Files.createTempDirectory("prefix");
        Map<String, PrefixRoom> rooms = new LinkedHashMap<>();
        rooms.put("every step", PrefixRoom.of(PrefixStore.forOneTraining(0, Optional.empty())));
        rooms.put("memory", PrefixRoom.of(PrefixStore.forOneTraining(Long.MAX_VALUE, Optional.empty())));
        rooms.put("file", PrefixRoom.of(PrefixStore.forOneTraining(0, Optional.of(directory))));
        List<Map<String, Object>> runs = new ArrayList<>();
        for (int layer : new int[] {0, Sizes.LAYERS / 2, Sizes.LAYERS - 1}) {
            rooms.forEach((name, room) -> runs.add(run(options, layer, name, room)));
        }
        Files.delete(directory);
        Map<String, Object> document = Measured.document("frozen prefix");
        document.putAll(options.values());
        document.put("runs", runs);
        System.out.println(Measured.json(document));
    }

    private static Map<String, Object> run(Options options, int layer, String name, PrefixRoom room) {
        MoeConfig experts = new MoeConfig(4, new Gating.Dense(), List.of(512), UnitFunction.GELU);
        Vit network = VitFamily.network(Sizes.cifar().withExperts(new VitConfig.MoeLayers(List.of(layer), experts)));
        ImageSet images = Sizes.randomImages(options.get("images"));
        TrainingPlan plan = new TrainingPlan(options.get("epochs"), options.get("batch"),
                new Optimiser.Method.Sgd(0.9, false, 0), new Schedule(Schedule.Shape.COSINE, 1e-3, 0));
        Watch watch = new Watch();
        try (Scope scope = Scope.open()) {
            Parameters start = network.initialise(Random.seeded(1));
            ImageExamples examples = new ImageExamples(images, Standardisation.of(images));
            watch.steps.add(System.nanoTime());
            new Trainer(network, examples, plan, 1, Optional.empty(), room, Device.CPU)
                    .train(start, tensor -> tensor.contains(".moe."), Optional.empty(), watch);
        }
        double[] milliseconds = IntStream.range(1, watch.steps.size())
                .mapToDouble(step -> (watch.steps.get(step) - watch.steps.get(step - 1)) / 1e6).toArray();
        double[] others = IntStream.range(1, milliseconds.length).mapToDouble(step -> milliseconds[step]).toArray();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("layer", layer + 1);
        document.put("frozen_stages_run", name);
        document.put("first_step_ms", milliseconds[0]);
        document.put("median_step_ms", Measured.median(others));
        document.put("seconds", (watch.steps.getLast() - watch.steps.getFirst()) / 1e9);
        return document;
    }

    /** Notes when each step is done. */
    private static final class Watch implements Monitor {
        private final List<Long> steps = new ArrayList<>();

        @Override
        public void stepDone(double loss) {
            steps.add(System.nanoTime());
        }

        @Override
        public void resumedAfter(long found) {
            // Nothing is kept, so nothing is found.
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    }
}

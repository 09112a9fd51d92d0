package org.thalweg.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.data.ImageSet;
import org.thalweg.family.VitFamily;
import org.thalweg.network.vit.Vit;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Monitor;
import org.thalweg.training.Standardisation;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingPlan;

/**
 * The resident set of a real training of the CIFAR-size ViT on random images, step by step: memory that is not given
 * back shows as a rise, whatever the batch. Linux only.
 *
 * <p>Options {@code steps=2000 every=200 batch=32 threads=1}; prints one JSON document.
 */
public final class MemoryOfTraining {
    private static final int IMAGES = 3200;
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;

    private MemoryOfTraining() {}

    /**
     * Runs the program.
     *
     * @param arguments options as above
     */
    public static void main(String[] arguments) {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("steps", 2000);
        defaults.put("every", 200);
        defaults.put("batch", 32);
        defaults.put("threads", 1);
        Options options = Options.of(arguments, defaults);
        Engine.useThreadsPerOperation(options.get("threads"));
        List<Map<String, Object>> series = new ArrayList<>();
        train(options, series);
        Map<String, Object> document = Measured.document("memory of training");
        document.putAll(options.values());
        document.put("series", series);
        System.out.println(Measured.json(document));
    }

    private static void train(Options options, List<Map<String, Object>> series) {
        ImageSet images = Sizes.randomImages(Math.min(IMAGES, options.get("steps") * options.get("batch")));
        int epochs = Math.ceilDiv(options.get("steps") * options.get("batch"), images.size());
        TrainingPlan plan = new TrainingPlan(epochs, options.get("batch"),
                new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 0.01), new Schedule(Schedule.Shape.COSINE, 1e-3, 0));
        Vit network = VitFamily.network(Sizes.cifar());
        try (Scope scope = Scope.open()) {
            Parameters start = network.initialise(Random.seeded(1));
            ImageExamples examples = new ImageExamples(images, Standardisation.of(images));
            new Trainer(network, examples, plan, 1)
                    .train(start, name -> true, Optional.empty(), new Watch(options, series));
        }
    }

    /** Counts steps and notes the resident set now and then. */
    private static final class Watch implements Monitor {
        private final Options options;
        private final List<Map<String, Object>> series;
        private int steps;

        Watch(Options options, List<Map<String, Object>> series) {
            this.options = options;
            this.series = series;
        }

        @Override
        public void stepDone(double loss) {
            steps++;
            if (steps == 1 || steps % options.get("every") == 0) {
                series.add(Map.of("step", steps, "resident_mib", resident() / (double) (1 << 20)));
            }
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

    private static long resident() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the resident set is read from " + STATM + ", which only Linux has",
                    unreadable);
        }
    }
}

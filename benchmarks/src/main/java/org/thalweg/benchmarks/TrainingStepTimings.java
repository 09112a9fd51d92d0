package org.thalweg.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.thalweg.tensor.Engine;

/**
 * Times training steps of the CIFAR-size ViT.
 *
 * <p>With {@code steps=30 warmup=5 batch=128} (the defaults) it prints the median of each number of threads as one JSON
 * document. With {@code turns} as first argument it serves a script that lets several programs take turns: each line
 * {@code THREADS STEPS} of standard input is answered by one line of JSON; the first line printed describes the
 * program.
 */
public final class TrainingStepTimings {
    private TrainingStepTimings() {}

    /**
     * Runs the program.
     *
     * @param arguments options as above
     * @throws IOException when standard input breaks
     */
    public static void main(String[] arguments) throws IOException {
        boolean turns = arguments.length > 0 && arguments[0].equals("turns");
        Options options = Options.of(
                turns ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments,
                Map.of("steps", 30, "warmup", 5, "batch", 128));
        try (TrainingStep step = new TrainingStep(options.get("batch"))) {
            if (turns) {
                serve(step);
            } else {
                System.out.println(Measured.json(document(step, options)));
            }
        }
    }

    private static Map<String, Object> document(TrainingStep step, Options options) {
        Map<String, Object> document = Measured.document("training step");
        document.putAll(options.values());
        List<Map<String, Object>> runs = new ArrayList<>();
        for (int threads = 1; threads <= 2; threads++) {
            Engine.useThreadsPerOperation(threads);
            step.time(options.get("warmup"));
            double[] milliseconds = step.time(options.get("steps"));
            runs.add(Map.of("threads", threads, "median_ms", Measured.median(milliseconds), "ms", milliseconds));
        }
        document.put("runs", runs);
        return document;
    }

    private static void serve(TrainingStep step) throws IOException {
        System.out.println(Measured.json(Measured.document("training step")));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            Engine.useThreadsPerOperation(Integer.parseInt(words[0]));
            System.out.println(Measured.json(Map.of("ms", step.time(Integer.parseInt(words[1])))));
        }
    }
}

package org.thalweg.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.thalweg.study.Cluster;
import org.thalweg.study.GraphRun;
import org.thalweg.study.Machines;
import org.thalweg.study.ReinitialisationRun;
import org.thalweg.study.ReinitialisationStudy;
import org.thalweg.study.StopSignal;
import org.thalweg.study.Study;
import org.thalweg.study.StudyData;
import org.thalweg.study.StudyFile;
import org.thalweg.study.StudyList;
import org.thalweg.study.StudyObserver;
import org.thalweg.study.StudyReader;
import org.thalweg.study.StudyRun;
import org.thalweg.study.SystemRun;
import org.thalweg.study.SystemStudy;
import org.thalweg.study.TransformerData;
import org.thalweg.study.TransformerRun;
import org.thalweg.study.TransformerStudy;

/** Studies that run whole in seconds, and what their runs leave. */
final class SmallRuns {
    static final GraphRun.Options OPTIONS = new GraphRun.Options(4, 1, Duration.ofMillis(200));

    /** Ten steps on images that every machine has. */
    static final String EXPERTS = """
            study: small
            dataset: fashion-mnist-subset
            seed: 7
            replicas: 3
            points: 3
            rank_up_to: 2
            train_per_class: 8
            test_per_class: 4
            vit: {patch: 7, residual: 8, heads: 2, feed_forward: 16}
            pretrain: {epochs: 2, batch: 16, optimiser: adamw, learning_rate: 0.01}
            finetune: {epochs: 2, batch: 16, optimiser: sgd, learning_rate: 0.05, momentum: 0.9}
            experiments:
              - {layers: 1, moe_layers: first, gating: dense, experts: 2}
            """;

    /** With an analysis and a variant, on a text that is named as it is seen from this process's working directory. */
    static final String TRANSFORMERS = """
            study: small
            transformers: gpt2
            dataset: verse
            text: target/verse.txt
            seed: 7
            replicas: 2
            points: 3
            methods: [vanilla, weight, universe]
            analyses: [iterations]
            analysing: {iterations: 1}
            vary: {residual: [16]}
            model: {residual: 8, layers: 1, heads: 2, feed_forward: 12, window: 8}
            training: {epochs: 1, batch: 32, learning_rate: 0.01}
            """;

    /** On the same text. */
    static final String DRAWN_ANEW = """
            study: small
            reinitialisation: gpt2
            dataset: verse
            text: target/verse.txt
            seed: 7
            points: 3
            model: {residual: 8, layers: 1, heads: 2, feed_forward: 12, window: 8}
            training: {epochs: 1, batch: 32, learning_rate: 0.01}
            finetune: {epochs: 1, batch: 32, learning_rate: 0.01}
            """;

    private SmallRuns() {}

    /** Everything an observer is told. */
    static class Log implements StudyObserver {
        final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        private long planned;
        private long advanced;
        private long reused;

        @Override
        public synchronized void planned(long work) {
            planned += work;
        }

        @Override
        public synchronized void advanced(long work, String step, String note) {
            advanced += work;
        }

        @Override
        public synchronized void reused(long work) {
            reused += work;
        }

        @Override
        public void warned(String sentence) {
            warnings.add(sentence);
        }

        synchronized long planned() {
            return planned;
        }

        synchronized long advanced() {
            return advanced;
        }

        /** Work planned but never told of as done. */
        synchronized long left() {
            return planned - advanced - reused;
        }
    }

    static Study study(String yaml) {
        return StudyReader.parse(yaml, "small.yaml");
    }

    static void writeText() throws IOException {
        Files.writeString(Path.of("target/verse.txt"),
                "the ways of the water are the ways of the world; and so on, below.\n".repeat(60));
    }

    static Machines spark(String master) {
        return spark(master, Optional.empty());
    }

    static Machines spark(String master, Optional<URI> artifacts) {
        return new SparkCluster().join(new Cluster.Terms(master, OPTIONS, Optional.empty(), artifacts));
    }

    static void run(String yaml, Path directory, Machines machines, StudyObserver observer) {
        run(yaml, directory, machines, new GraphRun.Watch(observer, new StopSignal()));
    }

    static void run(String yaml, Path directory, Machines machines, GraphRun.Watch watch) {
        switch (study(yaml)) {
            case StudyFile file -> new StudyRun(file, directory, OPTIONS, machines, watch)
                    .run(StudyData.load(file, Optional.empty()), _ -> { });
            case TransformerStudy file -> new TransformerRun(file, directory, OPTIONS, machines, watch)
                    .run(List.of(TransformerData.load(file, "verse", Optional.empty())), _ -> { });
            case SystemStudy file ->
                new SystemRun(file, directory, OPTIONS, machines, watch).run(_ -> { });
            case StudyList list -> throw new IllegalArgumentException(list.study());
            case ReinitialisationStudy file -> new ReinitialisationRun(file, directory, OPTIONS, machines, watch)
                    .run(List.of(TransformerData.load(file.trained(), "verse", Optional.empty())), _ -> { });
        }
    }

    static void runHere(String yaml, Path directory) {
        run(yaml, directory, Machines.thisOne(OPTIONS), StudyObserver.SILENT);
    }

    /** Every file of a run by its name, without what the clock decides. */
    static Map<String, String> contents(Path run) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().equals(".lock"))
                    .forEach(file -> contents.put(run.relativize(file).toString(), content(file)));
        }
        assertThat(contents).containsKey("results.json");
        return contents;
    }

    private static String without(String times, String text) {
        String cut = text.replaceFirst("(?s)" + times, "");
        assertThat(cut).as("text without its times").isNotEqualTo(text);
        return cut;
    }

    private static String content(Path file) {
        try {
            return switch (file.getFileName().toString()) {
                case "results.json" -> without("\"timing\" ?: ?\\{.*?\\}\\s*\\}", Files.readString(file));
                case "artifact.json" -> without("\"seconds\" ?: ?[0-9.E-]+", Files.readString(file));
                default -> Arrays.toString(Files.readAllBytes(file));
            };
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}

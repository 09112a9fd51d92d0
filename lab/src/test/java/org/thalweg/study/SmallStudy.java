package org.thalweg.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.thalweg.results.StudyResults;
import org.thalweg.training.ToyImages;

/** A study small enough to run whole in a second or two. */
final class SmallStudy {
    /** All three gates, one of them in two layers. */
    static final String YAML = """
            study: small
            dataset: toy
            seed: 7
            replicas: 3
            points: 5
            rank_up_to: 2
            train_per_class: 8
            test_per_class: 5
            vit: {patch: 4, residual: 8, heads: 2, feed_forward: 16}
            pretrain: {epochs: 2, batch: 16, optimiser: adamw, learning_rate: 0.01}
            finetune: {epochs: 2, batch: 16, optimiser: sgd, learning_rate: 0.05, momentum: 0.9}
            experiments:
              - {layers: 1, moe_layers: first, gating: dense, experts: 2}
              - {layers: 2, moe_layers: all, gating: sparse, selected: 2, experts: 3}
              - {layers: 1, moe_layers: last, gating: deepseek, selected: 2, shared: 1, experts: 3}
            """;

    private SmallStudy() {}

    /** Everything an observer is told. */
    static class Log implements StudyObserver {
        final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        final List<String> advanced = Collections.synchronizedList(new ArrayList<>());
        private long planned;
        private long done;

        @Override
        public synchronized void planned(long work) {
            planned += work;
        }

        @Override
        public synchronized void advanced(long work, String step, String note) {
            advanced.add(step + " " + note);
            done += work;
        }

        @Override
        public synchronized void reused(long work) {
            done += work;
        }

        @Override
        public void warned(String sentence) {
            warnings.add(sentence);
        }

        /** Work planned but never told of as done. */
        synchronized long left() {
            return planned - done;
        }
    }

    static StudyFile file() {
        return (StudyFile) StudyReader.parse(YAML, "small.yaml");
    }

    static StudyFile file(String from, String to) {
        if (!YAML.contains(from)) {
            throw new IllegalArgumentException("the small study has no '" + from + "'");
        }
        return (StudyFile) StudyReader.parse(YAML.replace(from, to), "small.yaml");
    }

    static StudyData data(StudyFile study) {
        return StudyData.of(ToyImages.of(10, 10), study);
    }

    static StudyResults run(StudyFile study, Path directory, int workers, StudyObserver observer) {
        return run(study, directory, workers, observer, new StopSignal());
    }

    static StudyResults run(
            StudyFile study, Path directory, int workers, StudyObserver observer, StopSignal stop) {
        GraphRun.Options options = new GraphRun.Options(workers, 1, Duration.ofMillis(20));
        return new StudyRun(study, directory, options, observer, stop).run(data(study), results -> {});
    }

    /** The run's results.json without what the clock decides. */
    static String results(Path directory) throws IOException {
        String text = Files.readString(directory.resolve("results.json"));
        String cut = text.replaceFirst("(?s)\"timing\" ?: ?\\{.*?\\}\\s*\\}", "");
        if (cut.equals(text)) {
            throw new IllegalStateException("results.json has no timing object at its end");
        }
        return cut;
    }
}

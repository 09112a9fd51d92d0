package org.thalweg.study;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.thalweg.data.LabelledTexts;
import org.thalweg.data.TextSet;
import org.thalweg.results.StudyResults;

/** Studies of GPT-2 with experts small enough to run whole in a second or two, on texts made here. */
final class SmallTexts {
    /** All three gates, one of them in two layers. */
    static final String YAML = """
            study: small-texts
            dataset: verse
            seed: 7
            replicas: 2
            points: 5
            rank_up_to: 2
            gpt2: {residual: 8, heads: 2, feed_forward: 12}
            texts: {tokens: characters, window: 8}
            pretrain: {epochs: 2, batch: 32, optimiser: adam, learning_rate: 0.01}
            finetune: {epochs: 1, batch: 32, optimiser: adam, learning_rate: 0.02}
            experiments:
              - {layers: 1, moe_layers: first, gating: dense, experts: 2}
              - {layers: 2, moe_layers: all, gating: sparse, selected: 2, experts: 3}
              - {layers: 1, moe_layers: last, gating: deepseek, selected: 2, shared: 1, experts: 3}
            """;

    private SmallTexts() {}

    static StudyFile file(String... replacements) {
        String yaml = YAML;
        for (int i = 0; i < replacements.length; i += 2) {
            if (!yaml.contains(replacements[i])) {
                throw new IllegalArgumentException("the small study has no '" + replacements[i] + "'");
            }
            yaml = yaml.replace(replacements[i], replacements[i + 1]);
        }
        return (StudyFile) StudyReader.parse(yaml, "small.yaml");
    }

    /** A verse again and again. */
    static TextSet verse() {
        return new TextSet.Whole("verse", () -> List.of(
                "the ways of the water are the ways of the world; and so on, below.\n".repeat(60)));
    }

    /** Texts that are of the second class when their third word says so. */
    static TextSet opinions() {
        List<String> texts = new ArrayList<>();
        int[] labels = new int[200];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3 == 0 ? 1 : 0;
            texts.add((i % 2 == 0 ? "it was " : "we were ") + (labels[i] == 1 ? "good " : "bad ") + "at "
                    + "times ".repeat(i % 4));
        }
        LabelledTexts all = new LabelledTexts(List.of("no", "yes"), texts, labels);
        return new TextSet.Labelled("opinions", all, new LabelledTexts(all.classNames(), List.of(), new int[0]));
    }

    static StudyData data(StudyFile study, TextSet set) {
        return StudyData.of(set, study, study.backbone().map(Path::of).map(BackboneDirectory::open));
    }

    static StudyResults run(StudyFile study, StudyData data, Path directory) {
        GraphRun.Options options = new GraphRun.Options(2, 1, Duration.ofMinutes(1));
        return new StudyRun(study, directory, options, StudyObserver.SILENT, new StopSignal()).run(data, _ -> { });
    }

    /** The one artifact of a kind whose label starts so. */
    static Path artifact(Path run, String kind, String label) {
        Path[] found = Optional.ofNullable(run.resolve("artifacts").resolve(kind).toFile().listFiles())
                .stream().flatMap(Arrays::stream).map(File::toPath)
                .filter(path -> path.getFileName().toString().startsWith(label + "-")).toArray(Path[]::new);
        if (found.length != 1) {
            throw new IllegalStateException(found.length + " artifacts " + kind + "/" + label + " in " + run);
        }
        return found[0];
    }
}

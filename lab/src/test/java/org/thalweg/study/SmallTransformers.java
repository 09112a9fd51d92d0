package org.thalweg.study;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.thalweg.data.TextCorpus;
import org.thalweg.results.TransformerResults;
import org.thalweg.training.ToyImages;

/** Studies of Transformers small enough to run whole in seconds, on data made here. */
final class SmallTransformers {
    /** A study of GPT-2. */
    static final String GPT2 = """
            study: small
            transformers: gpt2
            dataset: verse
            seed: 7
            replicas: 2
            points: 3
            methods: [vanilla, permutations, weight, activation, activation-orthogonal, learned, soft, universe]
            learning: {steps: 6, batch: 8}
            model: {residual: 8, layers: 2, heads: 2, feed_forward: 12, window: 8}
            training: {epochs: 2, batch: 32, learning_rate: 0.01, warmup: 0.1, weight_decay: 0.1, patience: 3}
            """;

    private SmallTransformers() {}

    /** A study of any family. */
    static TransformerStudy of(TransformerFamily family) {
        return parse(switch (family) {
            case GPT2 -> GPT2;
            case LLAMA -> GPT2.replace("gpt2", "llama").replace("window: 8", "key_value_heads: 1, window: 8");
            case MIXTRAL -> GPT2.replace("gpt2", "mixtral").replace("window: 8", "experts: 3, window: 8");
            case VIT -> GPT2.replace("gpt2", "vit").replace("dataset: verse", "dataset: mnist")
                    .replace("window: 8", "patch: 4")
                    .replace("patience: 3", "patience: 3, held_out: 0.2, crop: 1, flip: true, jitter: 0.1");
        });
    }

    static TransformerStudy parse(String yaml) {
        return (TransformerStudy) StudyReader.parse(yaml, "f");
    }

    static TransformerData data(TransformerStudy study) {
        return study.isOfTexts()
                ? TransformerData.of(study, TextCorpus.of("verse",
                        "the ways of the water are the ways of the world; and so on, below.\n".repeat(60),
                        TextCorpus.Tokens.CHARACTERS))
                : TransformerData.of(study, ToyImages.of(20, 10));
    }

    static TransformerResults run(TransformerStudy study, Path directory, StudyObserver observer, StopSignal stop) {
        GraphRun.Options options = new GraphRun.Options(2, 1, Duration.ofMillis(20));
        return new TransformerRun(study, directory, options, observer, stop).run(List.of(data(study)), _ -> {});
    }
}

package org.thalweg.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.thalweg.checkpoint.NumpyFile;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Network;
import org.thalweg.network.Task;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.FileOutput;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * Loss and accuracy of a model on disk. Its tensors are read one at a time, once for each batch of examples, so a model
 * larger than memory can be evaluated; weights of 16 bits are computed with in float32.
 *
 * @param model takes images or predicts next tokens
 * @param way what is run with its tensors instead of its network, such as a part of its experts
 */
public record Evaluation(ModelDirectory model, UnaryOperator<Network> way) {
    /**
     * Refuses a model of which no loss can be computed, or that cannot be run in that way.
     *
     * @throws WorkFailure when its network is not built in, or does not answer with classes or next tokens
     */
    public Evaluation {
        MeasuredModels.requireMeasurable(model);
        way.apply(model.requireNetwork());
    }

    /** The model as it is. */
    public Evaluation(ModelDirectory model) {
        this(model, UnaryOperator.identity());
    }

    /**
     * What was found.
     *
     * @param score loss, accuracy and how many answers were counted
     * @param computed the type in which the network computed
     */
    public record Done(EvaluationSet.Score score, DType computed) {
        /** How many tokens are as uncertain as the next one was: e to the loss. */
        public double perplexity() {
            return Math.exp(score.loss());
        }
    }

    /**
     * Evaluates the model, which is not changed.
     *
     * @param examples with answers, at least one
     * @param observer told how many tensors have been read
     * @return what was found
     * @throws WorkFailure when the model cannot be read or its loss is not finite
     */
    public Done measure(Examples examples, WorkObserver observer) {
        return run(examples, MeasuredModels.usualType(List.of(model)),
                new Watched("evaluating", _ -> { }, observer));
    }

    /** What is done, who takes the outputs, and who watches. */
    private record Watched(String work, Consumer<Tensor> outputs, WorkObserver observer) {}

    /**
     * Evaluates the model in float64 and writes its logits, which need not fit into memory: float64
     * [examples tokens vocabulary] or [examples classes].
     *
     * @param examples with answers, at least one
     * @param file a new {@code .npy} file, which appears whole or not at all
     * @param observer told how many tensors have been read
     * @return what was found, in float64
     * @throws WorkFailure when something stands at the place, its disk has too little room, the model cannot be read or
     *     its loss is not finite
     */
    public Done measureWithLogits(Examples examples, Path file, WorkObserver observer) {
        long[] shape = shape(examples);
        requirePlace(file, 8 * shape[0] * shape[1] * (shape.length == 3 ? shape[2] : 1));
        Done[] done = new Done[1];
        NumpyFile.writeDoubles(file, shape, out -> {
            try {
                done[0] = run(examples, DType.FLOAT64,
                        new Watched(WorkObserver.WRITING, logits -> write(logits, out), observer));
            } catch (UncheckedIOException refused) {
                throw refused.getCause();
            }
        });
        return done[0];
    }

    private long[] shape(Examples examples) {
        try (Scope scope = Scope.open()) {
            return switch (model.requireNetwork().task()) {
                case Task.NextToken(int vocabulary, var _) -> new long[] {
                    examples.size(), examples.labels(new int[] {0}).size(), vocabulary};
                case Task.Classes(int classes) -> new long[] {examples.size(), classes};
                case Task.Other(String reason) -> throw new IllegalStateException(reason);
            };
        }
    }

    /**
     * Refuses a place for logits before long work begins.
     *
     * @param file where they are to stand
     * @param bytes how many
     */
    private static void requirePlace(Path file, long bytes) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new WorkFailure(file + " exists already; delete it or choose another place for the logits.");
        }
        DurableFile.requireWritable(file);
        try {
            long free = Files.getFileStore(DurableDirectory.existing(file.toAbsolutePath().normalize()))
                    .getUsableSpace();
            // Some file systems tell nothing, which looks like 0.
            if (free > 0 && free < bytes) {
                throw new WorkFailure(String.format(Locale.ROOT, "%s needs %,d bytes and its disk has %,d bytes free; "
                        + "evaluate fewer examples or choose another place.", file, bytes, free));
            }
        } catch (IOException unknown) {
            // Then only writing shows whether there is room.
        }
    }

    private static void write(Tensor logits, FileOutput out) {
        try (Scope scope = Scope.open()) {
            out.write(logits.contiguousBytes());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private Done run(Examples examples, DType computed, Watched watched) {
        try (MeasuredModels opened = new MeasuredModels(List.of(model), computed)) {
            Network network = way.apply(opened.network());
            CountedReads reads = new CountedReads(watched.work(), reads(network, examples), watched.observer());
            Parameters parameters = opened.parameters(Optional.of(reads)).getFirst();
            EvaluationSet.Score score = score(network, parameters, examples, computed, watched.outputs());
            if (!Double.isFinite(score.loss())) {
                throw opened.notFinite("the loss of " + model.checkpoint().directory() + " is " + score.loss(),
                        watched.observer());
            }
            return new Done(score, computed);
        }
    }

    /** How many tensors are read while a network is evaluated. */
    static long reads(Network network, Examples examples) {
        return (long) network.tensors().size() * Math.ceilDiv(examples.size(), MeasuredModels.batch(examples));
    }

    /**
     * Evaluates a network, batch by batch.
     *
     * @param computed the type of the parameters, in which is computed
     * @param outputs takes the outputs of each batch
     * @return of all batches, or up to the first whose loss is not finite
     */
    static EvaluationSet.Score score(
            Network network, Parameters parameters, Examples examples, DType computed, Consumer<Tensor> outputs) {
        int batch = MeasuredModels.batch(examples);
        EvaluationSet.Score score = EvaluationSet.Score.NONE;
        for (int start = 0; start < examples.size(); start += batch) {
            try (Scope scope = Scope.open()) {
                EvaluationSet set = new EvaluationSet(0, List.of(examples.batch(
                        start, Math.min(batch, examples.size() - start), computed)));
                score = score.and(set.score(network, parameters, outputs));
            }
            if (!Double.isFinite(score.loss())) {
                return score;
            }
        }
        return score;
    }
}

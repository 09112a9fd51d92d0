package org.thalweg.model;

import java.nio.file.Path;
import java.util.List;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.WorkObserver;

/**
 * What differs between two models, before any merge. Works on families that the program does not know too, by the names
 * of their files. Memory is one tensor of each model; nothing is written.
 */
public final class Diff {
    private final DiffedModel a;
    private final DiffedModel b;

    private Diff(DiffedModel a, DiffedModel b) {
        this.a = a;
        this.b = b;
    }

    /**
     * What was found.
     *
     * @param config fields of {@code config.json} that differ, by name
     * @param tokenizer tokenizers, vocabularies and settings beside the models
     * @param rows tokens that the networks have rows for
     * @param ties embeddings that are the head too
     * @param tensors names, shapes, types and distances
     * @param outlook whether and how the two can be aligned or merged
     */
    public record Found(
            List<ConfigDifference> config,
            TokenizerDifference tokenizer,
            EmbeddingRows rows,
            Ties ties,
            TensorDifference tensors,
            MergeOutlook outlook) {
        /** Copies the list. */
        public Found {
            config = List.copyOf(config);
        }
    }

    /**
     * Embeddings that are the head too, by canonical names; none where the network is not known.
     *
     * @param a of A
     * @param b of B
     */
    public record Ties(List<String> a, List<String> b) {
        /** Copies the lists. */
        public Ties {
            a = List.copyOf(a);
            b = List.copyOf(b);
        }
    }

    /**
     * Opens two directories: configurations, headers and the gains of normalisations are read, libtorch is not loaded.
     *
     * @param a A, of Hugging Face's layout
     * @param b B
     * @return the two, to be compared
     * @throws WorkFailure when one of them is no checkpoint, or files are damaged
     */
    public static Diff open(Path a, Path b) {
        DiffedModel first = DiffedModel.open(a);
        DiffedModel second = DiffedModel.open(b);
        // Canonical names on one side alone would be compared with names that mean something else.
        boolean known = first.canonical().isPresent() && second.canonical().isPresent();
        return known ? new Diff(first, second) : new Diff(first.withStoredNames(), second.withStoredNames());
    }

    /** A's files. */
    public Checkpoint first() {
        return a.checkpoint();
    }

    /** B's files. */
    public Checkpoint second() {
        return b.checkpoint();
    }

    /** The families, A's and B's, as the configurations name them. */
    public List<String> families() {
        return List.of(a.family(), b.family());
    }

    /**
     * Compares. Reads every tensor that both models have once.
     *
     * @param observer watches
     * @return what was found
     * @throws WorkFailure when a file cannot be read
     */
    public Found compare(WorkObserver observer) {
        List<ConfigDifference> config = ConfigDifferences.between(a.configuration(), b.configuration());
        TokenizerDifference tokenizer =
                TokenizerDifference.between(a.checkpoint().companions(), b.checkpoint().companions());
        EmbeddingRows rows = EmbeddingRows.of(a, b);
        TensorDifference tensors = new TensorComparison(a, b).measure(observer);
        return new Found(config, tokenizer, rows, new Ties(a.tied(), b.tied()), tensors,
                new Judgement(a, b, config, new Judgement.Seen(tokenizer, rows, tensors)).outlook());
    }
}

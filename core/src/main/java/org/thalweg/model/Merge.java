package org.thalweg.model;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.SpaceMatch;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/**
 * Merges models into one, tensor by tensor, after carrying each into the basin of the first where that is asked for,
 * and writes a directory that stock loaders open. Sources of the formulas: {@link org.thalweg.merging}.
 *
 * @param configuration which models, by which method
 * @param settings what a configuration does not say
 */
public record Merge(MergeConfiguration configuration, Settings settings) {
    /** The name of the merged model among the scores. */
    public static final String MERGED = "merged";
    /** The name of the merge without alignment among the scores. */
    public static final String AS_THEY_ARE = "merged without alignment";
    /** The name of the merge with the routers that the formula gives, where they are recalibrated. */
    public static final String ROUTERS_AS_MERGED = "merged, routers not recalibrated";

    /**
     * What a configuration does not say.
     *
     * @param alignment how models are aligned first; nothing when they are merged as they are
     * @param examples what models, merges and their routers are measured on
     * @param vocabulary what is done where they have different numbers of tokens
     * @param shardBytes how large files of weights may be; divided as the first model is, when absent
     * @param seed of methods that draw numbers
     * @param strict whether a filter of the configuration that fits no tensor is refused, and not only noted
     * @param memoryLimit bytes that may be taken
     */
    public record Settings(
            Optional<Alignment> alignment,
            Measuring examples,
            VocabularyRule vocabulary,
            Optional<Long> shardBytes,
            long seed,
            boolean strict,
            long memoryLimit) {}

    /**
     * On what models are measured.
     *
     * @param evaluated sources and merges are evaluated on these; they change nothing about the merge
     * @param recalibrated routers of models with experts are recalibrated on these
     */
    public record Measuring(Optional<Examples> evaluated, Optional<Examples> recalibrated) {
        /** Nothing is measured. */
        public static final Measuring NONE = new Measuring(Optional.empty(), Optional.empty());
    }

    /**
     * How models are aligned before they are merged.
     *
     * @param method what is matched and how, for the model to which the others are carried
     * @param checking how each function is compared, given the first model
     * @param required whether models that cannot be aligned are refused rather than merged as they are
     */
    public record Alignment(
            Function<ModelDirectory, MatchingMethod> method,
            Function<ModelDirectory, Checking> checking,
            boolean required) {}

    /**
     * A model that was merged.
     *
     * @param name by which the configuration calls it
     * @param directory where it stands
     * @param digests SHA-256 of its files of weights
     * @param carried what alignment found; nothing of the first model, and where nothing was aligned
     */
    public record Source(String name, Path directory, Map<String, String> digests, Optional<Carried> carried) {
        /** Copies the map. */
        public Source {
            digests = Collections.unmodifiableMap(new LinkedHashMap<>(digests));
        }
    }

    /**
     * What alignment found of a model.
     *
     * @param distance to the first model, before and after
     * @param spaces what was found in each space
     * @param checked of the weights as they are stored; nothing when the network is not built in
     */
    public record Carried(LayerDistance distance, List<SpaceMatch> spaces, Optional<Checking.Checked> checked) {
        /** Copies the list. */
        public Carried {
            spaces = List.copyOf(spaces);
        }

        /**
         * Whether anything moved.
         *
         * @return false when the model stood in the basin already
         */
        public boolean isMoved() {
            return spaces.stream().anyMatch(space -> space.moved() > 0);
        }
    }

    /**
     * How far the merged model's routers choose as the sources' do.
     *
     * @param sources names
     * @param merged overlap of each source with the merge
     * @param recalibrated the same with recalibrated routers; none where that was not asked for
     */
    public record Routers(List<String> sources, List<RouterOverlap> merged, List<RouterOverlap> recalibrated) {
        /** Copies the lists. */
        public Routers {
            sources = List.copyOf(sources);
            merged = List.copyOf(merged);
            recalibrated = List.copyOf(recalibrated);
        }
    }

    /**
     * What was done.
     *
     * @param method by its name in configurations
     * @param sources the models, the one that gives configuration and tokenizer first
     * @param stream what was done about the residual streams; nothing where nothing was aligned
     * @param unaligned why nothing was aligned though it was asked for; a clause
     * @param scores by name of a source, {@link #AS_THEY_ARE} where models were aligned, and {@link #MERGED}
     * @param routers of a model with experts that was measured
     * @param notes what was unusual about models and single tensors
     * @param memory bytes that it was planned to take at most
     */
    public record Done(
            String method,
            List<Source> sources,
            Optional<Align.Stream> stream,
            Optional<String> unaligned,
            Map<String, EvaluationSet.Score> scores,
            Optional<Routers> routers,
            List<String> notes,
            long memory) {
        /** Copies the collections. */
        public Done {
            sources = List.copyOf(sources);
            scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
            notes = List.copyOf(notes);
        }

        /**
         * Whether every alignment was checked to leave its model's function unchanged.
         *
         * @return true also where nothing was aligned
         */
        public boolean verified() {
            return sources.stream().flatMap(source -> source.carried().stream())
                    .allMatch(carried -> carried.checked().filter(Checking.Checked::verified).isPresent());
        }
    }

    /**
     * Merges and writes: configuration and other companion files of the leading model, its tokenizer or the one that
     * the configuration names, a model card, and the merged tensors, each computed in float64 and rounded once. Memory
     * is that of single tensors, see {@link #settings}.
     *
     * @param places directories of all models, by the names of the configuration; not changed
     * @param output where, and whether an existing model is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when a value makes no sense, or writing would delete a model that is read
     * @throws WorkFailure when models cannot be read, aligned or merged, or the disk refuses; then nothing is left
     */
    public Done write(Map<String, Path> places, Output output, WorkObserver observer) {
        try (Scope scope = Scope.open();
                MergeModels models = MergeModels.open(configuration, places)) {
            return new MergeRun(this, models, places, observer).write(output);
        }
    }
}

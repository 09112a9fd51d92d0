package org.thalweg.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.merging.config.TokenizerSource;
import org.thalweg.network.Network;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** One merge while it is done. */
final class MergeRun {
    private static final String CARD = "README.md";

    private final Merge merge;
    private final MergeConfiguration configuration;
    private final MergeModels models;
    private final Map<String, Path> places;
    private final WorkObserver observer;
    private final List<String> doubts = new ArrayList<>();
    private Optional<String> unaligned = Optional.empty();
    private long memory;

    MergeRun(Merge merge, MergeModels models, Map<String, Path> places, WorkObserver observer) {
        this.merge = merge;
        this.configuration = merge.configuration();
        this.models = models;
        this.places = places;
        this.observer = observer;
    }

    Merge.Done write(Output output) {
        Checkpoint leader = models.leader();
        output.require(leader, places.values().toArray(Path[]::new));
        requireMergeable();
        MergedTokenizer tokenizer = MergedTokenizer.of(configuration, models, places);
        doubts.addAll(MergedTokenizer.doubts(models));
        doubts.addAll(differences());
        List<MergeInput> plain = models.inputs();
        // What is wrong with the models' shapes is said before they are matched for minutes.
        MergePlan asTheyAre = MergePlan.of(plain, MergeSlice.of(configuration, plain), wishes());
        doubts.addAll(filtersWithoutTensor(asTheyAre));
        Optional<AlignedInputs> aligned = aligned(plain, asTheyAre, output);
        List<MergeInput> inputs = aligned.map(AlignedInputs::inputs).orElse(plain);
        MergePlan plan = aligned.isPresent()
                ? MergePlan.of(inputs, MergeSlice.of(configuration, inputs), wishes()) : asTheyAre;
        MergedTensors merged = tensors(inputs, plan);
        MergeMeasurement measurement = new MergeMeasurement(merge.settings().examples(), observer);
        Map<String, EvaluationSet.Score> scores = new LinkedHashMap<>();
        if (merge.settings().examples().evaluated().isPresent()) {
            plain.forEach(input -> scores.put(
                    input.name(), measurement.score(network(input.network(), input.name()), input)));
            if (aligned.isPresent()) {
                MergeInput unmoved = made(Merge.AS_THEY_ARE, asTheyAre, tensors(plain, asTheyAre));
                scores.put(Merge.AS_THEY_ARE, measurement.score(network(asTheyAre.directory()), unmoved));
            }
        }
        MergeMeasurement.Measured measured = isMeasured()
                ? measured(measurement, inputs, plan, merged)
                : MergeMeasurement.Measured.nothing(merged);
        scores.putAll(measured.scores());
        try (SourceDigests digests = SourceDigests.begin(models)) {
            Finishing finishing = new Finishing(aligned, scores, measured.routers(), merged, digests);
            write(output, plan.directory(), measured.tensors(), new Beside(tokenizer, finishing));
            return done(finishing);
        }
    }

    private MergeMeasurement.Measured measured(
            MergeMeasurement measurement, List<MergeInput> inputs, MergePlan plan, MergedTensors merged) {
        Network network = network(plan.directory());
        return measurement.merged(network, inputs, made(Merge.MERGED, plan, merged),
                RouterShares.of(configuration.method(), plan.tensors(), network));
    }

    /** Models are the same heads and units, where they are merged layer by layer. */
    private void requireMergeable() {
        if (configuration.slices().size() == 1) {
            models.known().forEach(model -> SameKind.requireMergeable(models.known().getFirst(), model));
        }
    }

    private List<String> filtersWithoutTensor(MergePlan plan) {
        List<String> filters = configuration.filtersWithoutTensor(
                plan.tensors().stream().map(MergedTensor::name).toList());
        if (merge.settings().strict() && !filters.isEmpty()) {
            throw new WrongUse(filters.getFirst());
        }
        return filters;
    }

    /** Fields by which models compute with their weights otherwise than the one whose configuration is written. */
    private List<String> differences() {
        List<String> differences = new ArrayList<>();
        models.unknown().ifPresent(why -> differences.add("tensors are merged by their names in the files, since "
                + why.replaceAll("\\.$", "")));
        for (int model = 1; model < models.known().size(); model++) {
            String name = models.names().get(model);
            SameKind.differences(models.known().getFirst(), models.known().get(model)).forEach(field ->
                    differences.add("config.json of '" + models.names().getFirst() + "' and of '" + name
                            + "' differ in what changes the function, " + field + "; the merged model has the first"));
        }
        return differences;
    }

    /** A merge as a model among others. */
    private static MergeInput made(String name, MergePlan plan, TensorReader tensors) {
        return MergeInput.of(name, plan.directory(), tensors, Optional.empty());
    }

    private boolean isMeasured() {
        return merge.settings().examples().evaluated().isPresent()
                || merge.settings().examples().recalibrated().isPresent();
    }

    private Optional<AlignedInputs> aligned(List<MergeInput> plain, MergePlan asTheyAre, Output output) {
        Optional<String> obstacle = obstacle();
        unaligned = merge.settings().alignment().flatMap(_ -> obstacle);
        Optional<AlignedInputs.Matching> matching = merge.settings().alignment().filter(_ -> obstacle.isEmpty())
                .map(alignment -> new AlignedInputs.Matching(alignment.method().apply(models.known().getFirst()),
                        alignment.checking().apply(models.known().getFirst()), merge.settings().memoryLimit()));
        MergeMemory planned = MergeMemory.of(plain, asTheyAre.tensors(), configuration.method(),
                matching.map(AlignedInputs.Matching::method).map(this::plan));
        planned.require(merge.settings().memoryLimit());
        memory = planned.bytes();
        if (planned.isLarge()) {
            observer.planned(planned.describe());
        }
        output.requireRoom(models.leader(), asTheyAre.directory().files());
        return matching.map(this::align);
    }

    /** What is known when all tensors are written. */
    private record Finishing(
            Optional<AlignedInputs> aligned,
            Map<String, EvaluationSet.Score> scores,
            Optional<Merge.Routers> routers,
            MergedTensors merged,
            SourceDigests digests) {}

    /** What is written beside the tensors. */
    private record Beside(MergedTokenizer tokenizer, Finishing finishing) {}

    private MergePlan.Wishes wishes() {
        Optional<String> type = configuration.form().outDtype().or(configuration.form()::dtype);
        boolean isUnion = configuration.form().tokenizer().filter(TokenizerSource.Union.class::isInstance).isPresent();
        return new MergePlan.Wishes(type.map(MergeRun::type),
                isUnion ? VocabularyRule.UNION : merge.settings().vocabulary(), merge.settings().shardBytes());
    }

    private static ElementType type(String name) {
        return ElementType.ofConfigured(name).orElseThrow(() -> new WrongUse("the type '" + name + "' is unknown; "
                + "choose float64, float32, float16 or bfloat16."));
    }

    private MergedTensors tensors(List<MergeInput> inputs, MergePlan plan) {
        Optional<DType> rounded = configuration.form().dtype().flatMap(name -> type(name).dtype());
        return new MergedTensors(inputs, plan.tensors(),
                new MergedTensors.Formula(configuration.method(), merge.settings().seed(), rounded));
    }

    /** Why models cannot be aligned, where that is no failure; a clause. */
    private Optional<String> obstacle() {
        if (models.names().size() < 2) {
            return Optional.of("there is one model alone");
        }
        if (models.unknown().isPresent()) {
            return refusedIfRequired(models.unknown().get());
        }
        try {
            ModelDirectory first = models.known().getFirst();
            models.known().forEach(model -> SameKind.require(first, model));
            merge.settings().alignment().ifPresent(alignment ->
                    models.known().forEach(model -> alignment.checking().apply(first).requirePossible(model)));
            return Optional.empty();
        } catch (WorkFailure different) {
            return refusedIfRequired(different.getMessage());
        }
    }

    private Optional<String> refusedIfRequired(String sentence) {
        if (merge.settings().alignment().filter(Merge.Alignment::required).isPresent()) {
            throw new WorkFailure(sentence);
        }
        return Optional.of(sentence.replaceAll("\\.$", ""));
    }

    private MemoryPlan plan(MatchingMethod method) {
        ModelDirectory[] all = models.known().toArray(ModelDirectory[]::new);
        return MemoryPlan.of(all).with(method, all[0]);
    }

    private AlignedInputs align(AlignedInputs.Matching matching) {
        models.known().forEach(model -> model.requireFinite(observer));
        return AlignedInputs.of(models.names(), models.sources(), matching, observer);
    }

    private Network network(Optional<Network> found, String name) {
        return found.orElseThrow(() -> new WorkFailure("the model '" + name + "' cannot be evaluated: "
                + models.unknown().orElse("its network is not built in") + "; merge without evaluating."));
    }

    private Network network(WrittenDirectory directory) {
        return network(ModelDirectory.network(directory.config(), directory.stored().places().keySet()), "merged");
    }

    private void write(Output output, WrittenDirectory directory, TensorReader merged, Beside beside) {
        SortedMap<String, Path> companions =
                new TreeMap<>(models.leader().companions().besideTokenizerAndCard());
        companions.putAll(beside.tokenizer().files());
        TensorReader counted = new CountedReads(
                WorkObserver.WRITING, directory.stored().places().size(), observer).of(merged);
        Map<String, String> metadata = new LinkedHashMap<>(models.leader().metadata());
        metadata.put("thalweg.merge.method", configuration.method().name());
        String title = String.valueOf(output.directory().toAbsolutePath().normalize().getFileName());
        CheckpointWriter.write(
                output.directory(),
                new CheckpointContent(directory.config(), metadata, directory.files(),
                        directory.stored().source(directory.files(), counted)),
                new CheckpointOptions(output.overwrite(), directory.division(), companions,
                        List.of(beside.tokenizer()::writeTemplate),
                        List.of(part -> Files.writeString(part.resolve(CARD), new ModelCard(
                                title, done(beside.finishing()), configuration.text().yaml()).text()))));
    }

    private Merge.Done done(Finishing finishing) {
        List<Merge.Source> sources = new ArrayList<>();
        for (int model = 0; model < models.names().size(); model++) {
            int number = model;
            String name = models.names().get(model);
            sources.add(new Merge.Source(name, places.get(name), finishing.digests().of(model),
                    finishing.aligned().filter(_ -> number > 0)
                            .map(aligned -> aligned.carried().get(number - 1))));
        }
        return new Merge.Done(
                configuration.method().name().toLowerCase(Locale.ROOT),
                sources,
                finishing.aligned().map(AlignedInputs::stream),
                unaligned,
                finishing.scores(),
                finishing.routers(),
                Stream.concat(doubts.stream(), finishing.merged().notes().stream()).toList(),
                memory);
    }
}

package org.thalweg.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.equivalence.Comparison;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.matching.Match;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.SoftOrders;
import org.thalweg.tensor.ReusedMemory;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Moves a model B along its symmetries as close to a model A as the method finds, checks that it still is the same
 * function, and writes it. Where the models do not share the basis of their residual stream, the normalisations of both
 * are folded on the way, so that the stream may be rotated (arXiv 2506.22712, section 3.1): then the straight path runs
 * from A in that form, which is the same function too. The same models and settings give the same bytes on one machine.
 *
 * @param method what is matched and how
 * @param checking how the function is compared
 * @param memoryLimit bytes that may be taken, mapped files included; {@link MemoryPlan} says how many are
 */
public record Align(MatchingMethod method, Checking checking, long memoryLimit) {
    /** Allows the memory of this machine. */
    public Align(MatchingMethod method, Checking checking) {
        this(method, checking, MemoryPlan.ofMachine());
    }

    /**
     * What was done.
     *
     * @param match the alignment, and what was found in each space
     * @param layers distances before and after; of the forms in which the models were matched
     * @param checked of the written weights; nothing when the network is not built in
     * @param stream what was done about the residual stream
     * @param differences fields of the configurations in which the two networks differ, as {@code name: A's, B's}
     * @param memory what it was allowed to take
     */
    public record Done(
            Match match,
            List<LayerDistance> layers,
            Optional<Checking.Checked> checked,
            Stream stream,
            List<String> differences,
            MemoryPlan memory) {
        /** Copies the lists. */
        public Done {
            layers = List.copyOf(layers);
            differences = List.copyOf(differences);
        }
    }

    /**
     * What was done about the residual stream.
     *
     * @param matching what it was matched by; never {@link ResidualMatching#AUTO}
     * @param why for people, a clause
     * @param forms in which both models were matched and B is written; none when they were taken as they are
     * @param untied heads that were the embedding and became tensors of their own; most often one or none
     * @param reference how far the written A is from A, as stored; nothing when it was not written in another form
     */
    public record Stream(
            ResidualMatching matching,
            String why,
            List<CanonicalForm> forms,
            List<String> untied,
            Optional<Comparison> reference) {
        /** Copies the lists. */
        public Stream {
            forms = List.copyOf(forms);
            untied = List.copyOf(untied);
        }

        static Stream of(ResidualPlan plan, Optional<Comparison> reference) {
            return new Stream(
                    plan.matching(),
                    plan.why(),
                    plan.folded().map(Folding.Folded::forms).orElse(List.of()),
                    plan.folded().map(Folding.Folded::untied).orElse(List.of()),
                    reference);
        }
    }

    /**
     * What the work may take at most, before it is known whether normalisations are folded.
     *
     * @param reference A
     * @param model B
     * @return the plan
     */
    public MemoryPlan plan(ModelDirectory reference, ModelDirectory model) {
        boolean mayFold = !Folding.isRotatable(model.architecture()) && switch (method.residual()) {
            case AUTO, ORTHOGONAL -> Folding.kind(model.architecture()) != GroupKind.NONE;
            case NONE, PERMUTATION -> false;
        };
        return (mayFold ? MemoryPlan.folding(reference, model) : MemoryPlan.of(reference, model)).with(method, model);
    }

    /**
     * Aligns and writes as {@link #write(ModelDirectory, ModelDirectory, Outputs, WorkObserver)} does, B alone.
     *
     * @param reference A; not changed
     * @param model B; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     */
    public Done write(ModelDirectory reference, ModelDirectory model, Output output, WorkObserver observer) {
        return write(reference, model, output, Optional.empty(), observer);
    }

    /**
     * Aligns and writes as {@link #write(ModelDirectory, ModelDirectory, Outputs, WorkObserver)} does, B and A.
     *
     * @param reference A; its files are not changed
     * @param model B; its files are not changed
     * @param output where B is to stand
     * @param referenceOutput where A is to stand in the form in which it was matched; as it is, if in none
     * @param observer watches
     * @return what was done
     */
    public Done write(
            ModelDirectory reference,
            ModelDirectory model,
            Output output,
            Optional<Output> referenceOutput,
            WorkObserver observer) {
        return write(reference, model, new Outputs(output, referenceOutput, Optional.empty()), observer);
    }

    /**
     * Aligns and writes: B's names, shapes, types, configuration, companion files and division among files, the element
     * in {@link Scramble#ALIGNMENT}. Where normalisations were folded the element acts on B in that form, and a head
     * that was the embedding may be a tensor of its own. Matching, measuring, writing and the check hold single
     * tensors, as {@link FunctionComparison} says; folded ones are computed when they are read.
     *
     * @param reference A; its files are not changed
     * @param model B; its files are not changed
     * @param outputs where, and whether existing directories are replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when writing would delete A or B, or the stream cannot be changed as is asked
     * @throws WorkFailure when the two cannot be aligned or would take more memory than allowed, weights are not
     *     finite, the moved model is not the same function, or the disk refuses; then nothing is left, but A where B is
     *     refused by the disk
     */
    public Done write(
            ModelDirectory reference, ModelDirectory model, Outputs outputs, WorkObserver observer) {
        return write(reference, model, EarlierCheckpoints.NONE, outputs, observer);
    }

    /**
     * Aligns and writes as {@link #write(ModelDirectory, ModelDirectory, Outputs, WorkObserver)} does, along saved
     * checkpoints of both trainings: see {@link MatchingMethod#along}.
     *
     * @param reference A; its files are not changed
     * @param model B; its files are not changed
     * @param earlier checkpoints of both trainings, of the same kind as A and B; their files are not changed
     * @param outputs where, and whether existing directories are replaced
     * @param observer watches
     * @return what was done
     */
    public Done write(
            ModelDirectory reference,
            ModelDirectory model,
            EarlierCheckpoints earlier,
            Outputs outputs,
            WorkObserver observer) {
        List<ModelDirectory> all = inOneForm(earlier.between(reference, model));
        outputs.require(all);
        all.stream().skip(1).forEach(other -> SameKind.require(all.getFirst(), other));
        checking.requirePossible(all.getLast());
        MemoryPlan.of(all.toArray(ModelDirectory[]::new)).with(method, all.getLast()).require(memoryLimit);
        all.forEach(other -> other.requireFinite(observer));
        List<CheckpointReader> readers = new ArrayList<>();
        try {
            List<Folding.Source> sources = new ArrayList<>();
            for (ModelDirectory each : all) {
                readers.add(each.reader());
                sources.add(new Folding.Source(each, readers.getLast()));
            }
            return ReusedMemory.during(() -> write(sources, earlier, outputs, observer));
        } finally {
            readers.forEach(CheckpointReader::close);
        }
    }

    /** Where gains are folded in some models alone, all are matched with gains. */
    static List<ModelDirectory> inOneForm(List<ModelDirectory> models) {
        ModelDirectory first = models.getFirst();
        boolean areSomeFolded = models.stream().anyMatch(other -> !other.architecture().equals(first.architecture()))
                && models.stream().allMatch(other -> other.unfolded().equals(first.unfolded()));
        return areSomeFolded ? models.stream().map(ModelDirectory::withFreeGains).toList() : models;
    }

    /**
     * Where models are written.
     *
     * @param model moved B
     * @param reference A in the form in which it was matched; as it is, if in none
     * @param soft B moved by soft orders, which is another function than B and is not checked; for methods that learn
     *     such
     */
    public record Outputs(Output model, Optional<Output> reference, Optional<Output> soft) {
        private void require(List<ModelDirectory> read) {
            Path[] places = read.stream().map(each -> each.checkpoint().directory()).toArray(Path[]::new);
            ModelDirectory a = read.getFirst();
            ModelDirectory b = read.getLast();
            model.require(b.checkpoint(), places);
            reference.ifPresent(other -> {
                other.require(a.checkpoint(), places);
                model.requireApart(other);
            });
            soft.ifPresent(other -> {
                other.require(b.checkpoint(), places);
                model.requireApart(other);
                reference.ifPresent(other::requireApart);
            });
        }
    }

    private Done write(
            List<Folding.Source> sources, EarlierCheckpoints earlier, Outputs outputs, WorkObserver observer) {
        Folding.Source a = sources.getFirst();
        Folding.Source b = sources.getLast();
        ResidualPlan residual = ResidualPlan.of(method.residual(), sources, observer);
        MatchingMethod asked = asked(residual, sources, earlier);
        MatchingMethod decided = asked.withResidual(residual.matching());
        ModelDirectory[] models = sources.stream().map(Folding.Source::model).toArray(ModelDirectory[]::new);
        MemoryPlan memory = (residual.folded().isPresent() ? MemoryPlan.folding(models) : MemoryPlan.of(models))
                .with(method, b.model());
        memory.require(memoryLimit);
        CarriedModel carried = CarriedModel.of(
                MatchedPair.of(residual, sources, sources.size() - 1), decided, checking, observer);
        Optional<Comparison> ofReference = outputs.reference().flatMap(_ -> residual.folded())
                .map(folded -> folded.models().getFirst().check(observer).stored());
        List<LayerDistance> layers = carried.distances(observer);
        MovedModel moved = carried.moved();
        outputs.reference().ifPresent(place -> carried.pair().writeReference(place, observer));
        Map<String, String> provenance = provenance(asked, a.model(), residual);
        outputs.soft().ifPresent(place -> {
            try (Scope scope = Scope.open()) {
                moved.writeOthers(
                        soft(carried.match()).moved(carried.pair().model()), place, provenance, observer);
            }
        });
        moved.write(outputs.model(), provenance, observer);
        return new Done(carried.match(), layers, carried.checked(), Stream.of(residual, ofReference),
                SameKind.differences(a.model(), b.model()), memory);
    }

    /** The method, with earlier checkpoints in the form in which they are matched. */
    private MatchingMethod asked(ResidualPlan residual, List<Folding.Source> sources, EarlierCheckpoints earlier) {
        if (earlier.isEmpty()) {
            return method;
        }
        List<TensorReader> tensors = residual.folded()
                .map(folded -> folded.models().stream().map(model -> model.found().tensors()).toList())
                .orElseGet(() -> sources.stream().map(Folding.Source::tensors).toList());
        int ofB = 1 + earlier.ofReference().size();
        return method.along(tensors.subList(1, ofB), tensors.subList(ofB, tensors.size() - 1));
    }

    private SoftOrders soft(Match match) {
        return match.soft().orElseThrow(() -> new WrongUse(
                "the method '" + method.label() + "' learns no soft orders, by which a model could be moved."));
    }

    private static Map<String, String> provenance(
            MatchingMethod method, ModelDirectory reference, ResidualPlan residual) {
        Map<String, String> provenance = new LinkedHashMap<>();
        // The name alone: where a directory stands differs between machines and is nobody else's business.
        Path name = reference.checkpoint().directory().toAbsolutePath().normalize().getFileName();
        provenance.put("thalweg.align.reference", String.valueOf(name));
        provenance.put("thalweg.align.method", method.label());
        method.settings().forEach((setting, value) -> provenance.put("thalweg.align." + setting, value));
        residual.folded().ifPresent(folded -> provenance.put("thalweg.align.forms", folded.forms().stream()
                .map(CanonicalForm::label).collect(Collectors.joining(","))));
        return provenance;
    }
}

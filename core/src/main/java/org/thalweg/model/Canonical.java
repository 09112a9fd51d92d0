package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.canonical.CentredNorms;
import org.thalweg.canonical.Gains;
import org.thalweg.canonical.Gauge;
import org.thalweg.canonical.NormReaders;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.ComparedModel;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Writes a model in canonical form: one that a rule chooses among all models of its function, so that two models which
 * differ by free factors, shifts and bases alone become equal.
 *
 * <p>The form is found and checked in float64: the network's outputs are the same to 1e-9, or nothing is written.
 * Storing then rounds once to each tensor's type; what is written agrees with the source within
 * {@link FunctionComparison#usualTolerance}, if not with experts chosen freely, then with the source's choice. Nothing
 * is random: the same model gives the same bytes on one machine.
 *
 * @param forms which to choose; all that the model can have when empty
 */
public record Canonical(Set<CanonicalForm> forms) {
    /** Largest difference in float64, in units of the largest output. */
    private static final double EXACT = 1e-9;
    private static final int PROBES = 16;

    /** Copies the set. */
    public Canonical {
        forms = Set.copyOf(forms);
    }

    /**
     * What was done.
     *
     * @param forms the model now has
     * @param left for people: what could not be done, and why
     * @param untied whether the head, which was the embedding, became a tensor of its own
     * @param exact that the function is the same, in float64
     * @param withoutMeans that the network with RMSNorm in place of LayerNorm is the same too; with the form
     *     {@code layer-norms}
     * @param stored the same comparison after rounding to the stored types
     */
    public record Done(
            List<CanonicalForm> forms,
            List<String> left,
            boolean untied,
            Verification exact,
            Optional<Verification> withoutMeans,
            Comparison stored) {
        /** Copies the lists. */
        public Done {
            forms = List.copyOf(forms);
            left = List.copyOf(left);
        }
    }

    /** Where the form is written, and who watches. */
    private record Writing(Output output, WorkObserver observer) {}

    /** A model in memory: what is written of it and what runs it. */
    private record Held(ObjectNode config, Parameters tensors, Architecture architecture, Network network) {
        static Held of(ObjectNode config, Parameters tensors, Optional<ArchitectureSpec> own) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            tensors.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            return new Held(
                    config,
                    tensors,
                    ModelDirectory.architecture(config, shapes, own, Set.of()),
                    ModelDirectory.network(config, tensors.names()).orElseThrow());
        }

        Held with(Parameters others) {
            return new Held(config, others, architecture, network);
        }
    }

    /**
     * Writes the model as {@link #write(ModelDirectory, Optional, Output, WorkObserver)} does, unwatched.
     *
     * @param model what to rewrite, of a family with a built-in network; its files are not changed
     * @param specification the user's own, if the model was opened by one
     * @param options where and whether an existing directory is replaced
     * @return what was done
     */
    public Done write(ModelDirectory model, Optional<Path> specification, Output options) {
        return write(model, specification, options, WorkObserver.SILENT);
    }

    /**
     * Writes the model: same names, shapes, types and division among files, companion files copied. Only where gains
     * are folded and the head is the embedding it becomes a tensor of its own, {@code lm_head.weight}, in the file of
     * the embedding. Holds the model in float64 three times, and as stored, outside Java's heap.
     *
     * @param model what to rewrite, of a family with a built-in network; its files are not changed
     * @param specification the user's own, if the model was opened by one
     * @param options where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when the model cannot have a form that was asked for
     * @throws WorkFailure when weights are not finite, the family has no network, the function would change, before
     *     rounding or by it, or the disk refuses; then nothing is left
     */
    public Done write(
            ModelDirectory model, Optional<Path> specification, Output options, WorkObserver observer) {
        Checkpoint checkpoint = model.checkpoint();
        Network network = model.network().orElseThrow(() -> new WorkFailure(checkpoint.directory()
                + " is of the family '" + model.family() + "', whose network is not built in, so that a form of it "
                + "cannot be checked."));
        List<CanonicalForm> chosen = chosen(network, model);
        options.require(checkpoint);
        checkpoint.requireFinite();
        Optional<ArchitectureSpec> own = specification.map(ArchitectureSpec::read);
        return ModelDirectory.named(checkpoint.directory(), () -> Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return write(model, own, chosen, new Writing(options, observer));
            }
        }));
    }

    private List<CanonicalForm> chosen(Network network, ModelDirectory model) {
        List<CanonicalForm> all = new ArrayList<>();
        for (CanonicalForm form : EnumSet.allOf(CanonicalForm.class)) {
            Optional<String> obstacle = form.obstacle(network, model.architecture());
            if (forms.contains(form) && obstacle.isPresent()) {
                throw new WrongUse(model.checkpoint().directory() + " has no form '" + form.label() + "': "
                        + obstacle.get() + ".");
            }
            if (obstacle.isEmpty() && (forms.isEmpty() || forms.contains(form))) {
                all.add(form);
            }
        }
        if (all.isEmpty()) {
            throw new WrongUse(model.checkpoint().directory()
                    + " has no canonical form but itself: nothing about it is free.");
        }
        return all;
    }

    private static Done write(
            ModelDirectory model, Optional<ArchitectureSpec> own, List<CanonicalForm> chosen, Writing writing) {
        Checkpoint checkpoint = model.checkpoint();
        writing.observer().began("finding the form", 1);
        Parameters read = model.load();
        Held original = Held.of(checkpoint.config(), read.to(DType.FLOAT64), own);
        Optional<TiedHead> tied = TiedHead.of(original.network())
                .filter(head -> head.isInTheWay(chosen, original.tensors()));
        Held start = tied
                .map(head -> Held.of(head.untied(original.config()), head.untied(original.tensors()), own))
                .orElse(original);
        List<String> left = new ArrayList<>();
        Held found = moved(centred(start, chosen), chosen, left);
        Verification exact = compare(original, found.network(), found.tensors(), EXACT);
        require(exact, "the canonical form");
        Optional<Verification> withoutMeans = Optional.of(found)
                .filter(_ -> chosen.contains(CanonicalForm.LAYER_NORMS))
                .map(held -> compare(original, RmsReading.of(held.network()), held.tensors(), EXACT));
        withoutMeans.ifPresent(other -> require(other, "the canonical form with RMSNorm in place of LayerNorm"));
        Parameters types = tied.map(head -> head.untied(read)).orElse(read);
        Parameters stored = found.tensors().mapNamed((name, tensor) -> tensor.to(types.get(name).dtype()));
        Checkpoint.requireFinite("the canonical form", stored);
        Comparison rounded = comparison(
                original, found.network(), stored.to(DType.FLOAT64), FunctionComparison.usualTolerance(model))
                .of(original.network().inputs().random(PROBES, 0),
                        RouterPlaces.of(model, model.architecture().identity()));
        requireRounded(rounded);
        writing.observer().reached(1);
        TensorReader counted =
                new CountedReads(WorkObserver.WRITING, stored.names().size(), writing.observer()).of(stored::get);
        CheckpointWriter.write(
                writing.output().directory(),
                content(model, found.config(), stored, counted, chosen),
                settings(model, writing.output(), tied));
        return new Done(chosen, left, tied.isPresent(), exact, withoutMeans, rounded);
    }

    private static Held centred(Held held, List<CanonicalForm> chosen) {
        return chosen.contains(CanonicalForm.LAYER_NORMS)
                ? held.with(CentredNorms.rewrite(held.architecture(), held.tensors(),
                        NormReaders.of(held.architecture())))
                : held;
    }

    private static Held moved(Held held, List<CanonicalForm> chosen, List<String> left) {
        Gauge gauge = Gauge.of(held.architecture(), held.tensors()::get);
        for (CanonicalForm form : chosen) {
            gauge = switch (form) {
                case NORMS -> gauge.foldingGains();
                case LAYER_NORMS -> gauge;
                case UNITS -> gauge.centringRouters().balancingUnits().orientingUnits();
                case CIRCUITS -> gauge.balancingBases().orientingBases();
            };
        }
        left.addAll(gauge.left());
        Parameters moved = gauge.alignment().apply(held.tensors());
        Set<String> gains = chosen.contains(CanonicalForm.NORMS)
                ? Set.copyOf(Gains.names(held.architecture())) : Set.of();
        return held.with(moved.mapNamed((name, tensor) -> gains.contains(name) ? exactly(tensor) : tensor));
    }

    /** A gain times its reciprocal is 1 but for one rounding, and exact ones are what tells a folded model. */
    private static Tensor exactly(Tensor gain) {
        double[] numbers = gain.toDoubles();
        Arrays.setAll(numbers, i -> Math.abs(numbers[i] - 1) < 1e-14 ? 1 : numbers[i]);
        return Tensor.of(numbers, numbers.length);
    }

    private static Verification compare(Held original, Network network, Parameters tensors, double tolerance) {
        return comparison(original, network, tensors, tolerance)
                .of(original.network().inputs().random(PROBES, 0)).verification();
    }

    private static BlockwiseComparison comparison(
            Held original, Network network, Parameters tensors, double tolerance) {
        return new BlockwiseComparison(
                new ComparedModel(original.network(), original.tensors()::get),
                new ComparedModel(network, tensors::get),
                tolerance);
    }

    /** The forms keep experts at their places, so a flipped choice is told from a fault by keeping choices too. */
    private static void requireRounded(Comparison rounded) {
        boolean isSame = rounded.verification().verified()
                || rounded.fixedRouting().filter(fixed -> fixed.verification().verified()).isPresent();
        if (!isSame) {
            throw new WorkFailure("rounding the canonical form to its stored type changes the function: "
                    + rounded.verification().found() + "; nothing was written; convert the model to a type of more "
                    + "bits first, or leave out forms.");
        }
    }

    private static void require(Verification found, String what) {
        if (!found.verified()) {
            throw new WorkFailure(what + " is not the same function: " + found.found()
                    + "; nothing was written; leave out forms until the one that fails is found.");
        }
    }

    /** The tensors as the source keeps them, and a head of its own beside. */
    private static CheckpointContent content(
            ModelDirectory model,
            ObjectNode config,
            Parameters tensors,
            TensorReader counted,
            List<CanonicalForm> chosen) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>(model.checkpoint().tensors());
        Map<String, StoredLayout.Place> places = new LinkedHashMap<>(model.stored().places());
        Map<String, String> copies = new LinkedHashMap<>(model.stored().copies());
        tensors.names().stream().filter(name -> !places.containsKey(name)).forEach(added -> {
            // A head that was stored as a copy of the embedding keeps its place in the files.
            places.put(added, StoredLayout.Place.whole(added));
            copies.remove(added);
            layouts.put(added, TensorLayout.of(tensors.get(added)));
        });
        return new CheckpointContent(config, provenance(model.checkpoint(), chosen), layouts,
                new StoredLayout(places, copies).source(layouts, counted));
    }

    private static CheckpointOptions settings(ModelDirectory model, Output output, Optional<TiedHead> tied) {
        Checkpoint checkpoint = model.checkpoint();
        Sharding division = checkpoint.sharding();
        CheckpointOptions settings = CheckpointOptions.defaults()
                .with(tied.map(head -> head.untied(division, model.stored())).orElse(division))
                .withCompanions(checkpoint.companions().files());
        return output.overwrite() ? settings.overwriting() : settings;
    }

    private static Map<String, String> provenance(Checkpoint checkpoint, List<CanonicalForm> chosen) {
        Map<String, String> provenance = new LinkedHashMap<>(checkpoint.metadata());
        provenance.put("thalweg.canonical.forms",
                chosen.stream().map(CanonicalForm::label).collect(Collectors.joining(",")));
        return provenance;
    }
}

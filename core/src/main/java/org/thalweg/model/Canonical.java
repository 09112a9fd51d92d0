package org.thalweg.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
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
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.ComparedModel;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.network.Probes;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.tensor.CountedReads;
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

    /** A model whose tensors are computed when they are read: what is written of it and what runs it. */
    private record Computed(
            WrittenDirectory directory, Architecture architecture, Network network, TensorReader tensors) {
        /** A model as it is, whatever its gains are. */
        static Computed of(ModelDirectory model, TensorReader reader) {
            return new Computed(
                    WrittenDirectory.like(model), model.unfolded(), model.requireNetwork(), reader);
        }

        Computed untied(TiedHead head, Optional<ArchitectureSpec> own) {
            WrittenDirectory untied = head.untied(directory);
            Map<String, long[]> shapes = ModelDirectory.shapes(untied.tensors());
            return new Computed(
                    untied,
                    ModelDirectory.architecture(untied.config(), shapes, own, Set.of()),
                    ModelDirectory.network(untied.config(), shapes.keySet()).orElseThrow(),
                    head.untied(tensors));
        }

        Computed with(TensorReader others) {
            return new Computed(directory, architecture, network, others);
        }

        Computed with(Network other) {
            return new Computed(directory, architecture, other, tensors);
        }
    }

    /**
     * Writes the model as {@link #write(ModelDirectory, Optional, Output, WorkObserver)} does, unwatched.
     *
     * @param model what to rewrite, of a family with a built-in network; its files are not changed
     * @param specification the user's own, if the model was opened by one
     * @param output where and whether an existing directory is replaced
     * @return what was done
     */
    public Done write(ModelDirectory model, Optional<Path> specification, Output output) {
        return write(model, specification, output, WorkObserver.SILENT);
    }

    /**
     * Writes the model: same names, shapes, types and division among files, companion files copied. Only where gains
     * are folded and the head is the embedding it becomes a tensor of its own, {@code lm_head.weight}, in the file of
     * the embedding. Tensors are read, computed and written one at a time, each several times: to find the forms, to
     * check the function as {@link FunctionComparison} does, and to write. Memory is a few times the largest tensor.
     *
     * @param model what to rewrite, of a family with a built-in network; its files are not changed
     * @param specification the user's own, if the model was opened by one
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when the model cannot have a form that was asked for
     * @throws WorkFailure when weights are not finite, the family has no network, the function would change, before
     *     rounding or by it, or the disk refuses; then nothing is left
     */
    public Done write(ModelDirectory model, Optional<Path> specification, Output output, WorkObserver observer) {
        Checkpoint checkpoint = model.checkpoint();
        Network network = model.network().orElseThrow(() -> new WorkFailure(checkpoint.directory()
                + " is of the family '" + model.family() + "', whose network is not built in, so that a form of it "
                + "cannot be checked."));
        List<CanonicalForm> chosen = chosen(network, model);
        output.require(checkpoint);
        model.requireFinite(observer);
        Optional<ArchitectureSpec> own = specification.map(ArchitectureSpec::read);
        return ModelDirectory.named(checkpoint.directory(), () -> {
            try (CheckpointReader reader = model.reader()) {
                return write(model, own, chosen, new Streams(reader, output, observer));
            }
        });
    }

    /** Where tensors come from and go, and who watches. */
    private record Streams(CheckpointReader reader, Output output, WorkObserver observer) {}

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
            ModelDirectory model, Optional<ArchitectureSpec> own, List<CanonicalForm> chosen, Streams streams) {
        Computed original = Computed.of(model, streams.reader());
        Optional<TiedHead> tied = TiedHead.of(original.network())
                .filter(head -> head.isInTheWay(chosen, original.tensors()));
        Computed start = tied.map(head -> original.untied(head, own)).orElse(original);
        List<String> left = new ArrayList<>();
        WorkObserver observer = streams.observer();
        Computed found = moved(centred(start, chosen), chosen, left, observer);
        Verification exact = require("the canonical form",
                comparison("checking before rounding", original, found, EXACT, observer).of(probes(original)));
        Optional<Verification> withoutMeans = Optional.of(found)
                .filter(_ -> chosen.contains(CanonicalForm.LAYER_NORMS))
                .map(same -> require("the canonical form with RMSNorm in place of LayerNorm", comparison(
                        "checking without means", original, same.with(RmsReading.of(same.network())), EXACT,
                        observer).of(probes(original))));
        StoredTensors stored = new StoredTensors(found.directory().tensors(), found.tensors(),
                "convert the model to bfloat16 or float32 first, or leave out forms");
        Comparison rounded = comparison("checking", original, found.with(stored::stored),
                FunctionComparison.usualTolerance(model), observer)
                .of(probes(original), RouterPlaces.of(model, model.architecture().identity()));
        requireRounded(rounded);
        found.directory().write(stored::stored, provenance(chosen), List.of(), streams.output(), observer);
        return new Done(chosen, left, tied.isPresent(), exact, withoutMeans, rounded);
    }

    private static Computed centred(Computed model, List<CanonicalForm> chosen) {
        return chosen.contains(CanonicalForm.LAYER_NORMS)
                ? model.with(CentredNorms.rewriting(
                        model.architecture(), model.tensors(), NormReaders.of(model.architecture())))
                : model;
    }

    private static Computed moved(
            Computed model, List<CanonicalForm> chosen, List<String> left, WorkObserver observer) {
        Architecture architecture = model.architecture();
        Gauge gauge = Gauge.of(architecture, model.tensors());
        for (CanonicalForm form : chosen) {
            gauge = switch (form) {
                case NORMS -> gauge.foldingGains();
                case LAYER_NORMS -> gauge;
                case UNITS -> gauge
                        .reading(new CountedReads("balancing units", Gauge.readsForUnits(architecture), observer)
                                .of(model.tensors()))
                        .centringRouters().balancingUnits().orientingUnits();
                case CIRCUITS -> gauge
                        .reading(new CountedReads("balancing bases", Gauge.readsForBases(architecture), observer)
                                .of(model.tensors()))
                        .balancingBases().orientingBases();
            };
        }
        left.addAll(gauge.left());
        Alignment alignment = gauge.alignment();
        Set<String> gains = chosen.contains(CanonicalForm.NORMS) ? Set.copyOf(Gains.names(architecture)) : Set.of();
        return model.with(name -> {
            Tensor moved = alignment.exact(name, model.tensors());
            return gains.contains(name) ? exactly(moved) : moved;
        });
    }

    /** A gain times its reciprocal is 1 but for one rounding, and exact ones are what tells a folded model. */
    private static Tensor exactly(Tensor gain) {
        double[] numbers = gain.toDoubles();
        Arrays.setAll(numbers, i -> Math.abs(numbers[i] - 1) < 1e-14 ? 1 : numbers[i]);
        return Tensor.of(numbers, numbers.length);
    }

    private static Verification require(String what, Comparison compared) {
        Verification found = compared.verification();
        if (!found.verified()) {
            throw new WorkFailure(what + " is not the same function: " + found.found()
                    + "; nothing was written; leave out forms until the one that fails is found.");
        }
        return found;
    }

    private static Probes probes(Computed model) {
        return model.network().inputs().random(PROBES, 0);
    }

    private static BlockwiseComparison comparison(
            String work, Computed original, Computed found, double tolerance, WorkObserver observer) {
        CountedReads reads = new CountedReads(
                work, original.network().tensors().size() + found.network().tensors().size(), observer);
        return new BlockwiseComparison(
                new ComparedModel(original.network(), reads.of(original.tensors())),
                new ComparedModel(found.network(), reads.of(found.tensors())),
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

    private static Map<String, String> provenance(List<CanonicalForm> chosen) {
        return Map.of("thalweg.canonical.forms",
                chosen.stream().map(CanonicalForm::label).collect(Collectors.joining(",")));
    }
}

package org.thalweg.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.canonical.CentredNorms;
import org.thalweg.canonical.Gains;
import org.thalweg.canonical.Gauge;
import org.thalweg.canonical.NormReaders;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.ComparedModel;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Probes;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * A model in some canonical forms, found in float64 and computed tensor by tensor when it is read; nothing of it is on
 * disk or held but vectors and small maps.
 *
 * @param source the model; its files are not changed
 * @param original the same with its tensors as they are
 * @param found the model in these forms
 * @param forms which
 * @param left for people: what could not be done, and why
 * @param stored the tensors of the found model as they are stored
 */
record RewrittenModel(
        ModelDirectory source,
        ComputedModel original,
        ComputedModel found,
        List<CanonicalForm> forms,
        List<String> left,
        StoredTensors stored) {
    /** Largest difference in float64, in units of the largest output. */
    private static final double EXACT = 1e-9;
    private static final int PROBES = 16;

    /** Copies the lists. */
    RewrittenModel {
        forms = List.copyOf(forms);
        left = List.copyOf(left);
    }

    /**
     * What comparisons with the source found.
     *
     * @param exact in float64
     * @param withoutMeans of the network with RMSNorm in place of LayerNorm; with the form {@code layer-norms}
     * @param stored after rounding to the stored types
     */
    record Checked(Verification exact, Optional<Verification> withoutMeans, Comparison stored) {}

    /** Whether the head of a model is its embedding and must become a tensor of its own for some forms. */
    static boolean needsOwnHead(ModelDirectory model, TensorReader reader, List<CanonicalForm> forms) {
        return TiedHead.of(model.requireNetwork()).filter(head -> head.isInTheWay(forms, reader)).isPresent();
    }

    /**
     * Finds the forms. Reads what they depend on.
     *
     * @param model the source, of a family with a network
     * @param reader its tensors, open as long as the result is read
     * @param forms that it can have
     * @param untie whether a head that is the embedding becomes a tensor of its own
     * @param observer watches
     * @return the model in these forms, not checked yet
     */
    static RewrittenModel of(
            ModelDirectory model,
            TensorReader reader,
            List<CanonicalForm> forms,
            boolean untie,
            WorkObserver observer) {
        ComputedModel original = ComputedModel.of(model, reader);
        ComputedModel start = start(model, original, untie);
        List<String> left = new ArrayList<>();
        boolean isFromOne = start.network().neutralGain() != 1 && forms.contains(CanonicalForm.NORMS);
        ComputedModel found = isFromOne
                ? moved(foldedFromOne(start, model, left, observer), withoutNorms(forms), left, observer)
                : moved(centred(start, forms), forms, left, observer);
        return new RewrittenModel(model, original, found, forms, left, stored(found));
    }

    /** A model whose gains count from one, with gains that multiply by 1. */
    private static ComputedModel foldedFromOne(
            ComputedModel start, ModelDirectory model, List<String> left, WorkObserver observer) {
        return start.countedBack(moved(start.countedFromZero(model.own()), List.of(CanonicalForm.NORMS), left, observer)
                .tensors());
    }

    private static List<CanonicalForm> withoutNorms(List<CanonicalForm> forms) {
        return forms.stream().filter(form -> form != CanonicalForm.NORMS).toList();
    }

    /** The model that is rewritten: as it is, or with a head of its own. */
    static ComputedModel start(ModelDirectory model, ComputedModel original, boolean untie) {
        return TiedHead.of(original.network()).filter(_ -> untie)
                .map(head -> original.untied(head, model.own()))
                .orElse(original);
    }

    private static StoredTensors stored(ComputedModel found) {
        return new StoredTensors(found.directory().tensors(), found.tensors(),
                "convert the model to bfloat16 or float32 first, or leave out forms");
    }

    /** The same function, written, bound or run otherwise. */
    RewrittenModel with(ComputedModel other) {
        return new RewrittenModel(source, original, other, forms, left, stored(other));
    }

    /** Heads that were the embedding and are tensors of their own now, by canonical names; most often one or none. */
    List<String> untied() {
        return original.network().tie()
                .filter(_ -> found.network().tie().isEmpty())
                .map(tie -> tie.untied().keySet().stream().sorted().toList())
                .orElse(List.of());
    }

    /**
     * Compares with the source, in float64 and as it is stored.
     *
     * @throws WorkFailure when it is not the same function
     */
    Checked check(WorkObserver observer) {
        Verification exact = require("the canonical form",
                comparison("checking before rounding", original, found, EXACT, observer).of(probes(original)));
        Optional<Verification> withoutMeans = Optional.of(found)
                .filter(_ -> forms.contains(CanonicalForm.LAYER_NORMS))
                .map(same -> require("the canonical form with RMSNorm in place of LayerNorm", comparison(
                        "checking without means", original, same.with(RmsReading.of(same.network())), EXACT,
                        observer).of(probes(original))));
        Comparison rounded = comparison("checking", original, found.with(stored::stored),
                FunctionComparison.usualTolerance(source), observer)
                .of(probes(original), RouterPlaces.of(source, source.architecture().identity()));
        requireRounded(rounded);
        return new Checked(exact, withoutMeans, rounded);
    }

    /**
     * Writes the directory.
     *
     * @throws WorkFailure when a number does not fit its type, or the disk refuses; then nothing is left
     */
    void write(Output output, WorkObserver observer) {
        found.directory().write(stored::stored, provenance(), List.of(), output, observer);
    }

    private Map<String, String> provenance() {
        return Map.of("thalweg.canonical.forms",
                forms.stream().map(CanonicalForm::label).collect(Collectors.joining(",")));
    }

    private static ComputedModel centred(ComputedModel model, List<CanonicalForm> chosen) {
        return chosen.contains(CanonicalForm.LAYER_NORMS)
                ? model.with(CentredNorms.rewriting(
                        model.architecture(), model.tensors(), NormReaders.of(model.architecture())))
                : model;
    }

    private static ComputedModel moved(
            ComputedModel model, List<CanonicalForm> chosen, List<String> left, WorkObserver observer) {
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

    /** A gain times its reciprocal is 1 but for one rounding, and a folded model is recognised by exact ones. */
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

    private static Probes probes(ComputedModel model) {
        return model.network().inputs().random(PROBES, 0);
    }

    private static BlockwiseComparison comparison(
            String work, ComputedModel original, ComputedModel found, double tolerance, WorkObserver observer) {
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
}

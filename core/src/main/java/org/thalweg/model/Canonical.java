package org.thalweg.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.tensor.ReusedMemory;
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

    /**
     * Writes the model as {@link #write(ModelDirectory, Output, WorkObserver)} does, unwatched.
     *
     * @param model what to rewrite, of a family with a built-in network; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @return what was done
     */
    public Done write(ModelDirectory model, Output output) {
        return write(model, output, WorkObserver.SILENT);
    }

    /**
     * Writes the model: same names, shapes, types and division among files, companion files copied. Only where gains
     * are folded and the head is the embedding it becomes a tensor of its own, {@code lm_head.weight}, in the file of
     * the embedding. Tensors are read, computed and written one at a time, each several times: to find the forms, to
     * check the function as {@link FunctionComparison} does, and to write. Memory is a few times the largest tensor.
     *
     * @param model what to rewrite, of a family with a built-in network; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when the model cannot have a form that was asked for
     * @throws WorkFailure when weights are not finite, the family has no network, the function would change, before
     *     rounding or by it, or the disk refuses; then nothing is left
     */
    public Done write(ModelDirectory model, Output output, WorkObserver observer) {
        Checkpoint checkpoint = model.checkpoint();
        Network network = model.network().orElseThrow(() -> new WorkFailure(checkpoint.directory()
                + " is of the family '" + model.family() + "', whose network is not built in, so that a form of it "
                + "cannot be checked."));
        List<CanonicalForm> chosen = chosen(network, model);
        output.require(checkpoint);
        model.requireFinite(observer);
        return ModelDirectory.named(checkpoint.directory(), () -> {
            try (CheckpointReader reader = model.reader()) {
                return ReusedMemory.during(() -> write(model, chosen, new Streams(reader, output, observer)));
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

    private static Done write(ModelDirectory model, List<CanonicalForm> chosen, Streams streams) {
        WorkObserver observer = streams.observer();
        boolean untie = RewrittenModel.needsOwnHead(model, streams.reader(), chosen);
        RewrittenModel rewritten = RewrittenModel.of(model, streams.reader(), chosen, untie, observer);
        RewrittenModel.Checked checked = rewritten.check(observer);
        rewritten.write(streams.output(), observer);
        return new Done(chosen, rewritten.left(), !rewritten.untied().isEmpty(), checked.exact(),
                checked.withoutMeans(), checked.stored());
    }
}

package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ManyMatcher;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.UniverseMatcher;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.ReusedMemory;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Carries several models into one basin, through their mean (universe matching, arXiv 2506.22712, section 3.4) and, by
 * methods that learn all of them together, from there by gradients; checks that each still is its own function, and
 * writes all of them. The first one stays, but for the form in which all are matched; every straight path between two
 * of the written models may then be walked, and so may their simplex.
 *
 * @param method matches each model to the mean, or all together
 * @param rounds in which all are matched to their mean, at most
 * @param checking how each function is compared
 * @param memoryLimit bytes that may be taken
 */
public record AlignMany(MatchingMethod method, int rounds, Checking checking, long memoryLimit) {
    /**
     * What was done.
     *
     * @param checked of each written model, in their order
     * @param objectives by round: the sum of the squared distances to the mean
     * @param notes for people: what else is to be known of how the alignments were found
     * @param stream what was done about the residual stream of all
     */
    public record Done(
            List<Optional<Checking.Checked>> checked, List<Double> objectives, List<String> notes,
            Align.Stream stream) {
        /** Copies the lists. */
        public Done {
            checked = List.copyOf(checked);
            objectives = List.copyOf(objectives);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Aligns and writes.
     *
     * @param models two or more of one kind; their files are not changed
     * @param outputs where each is written
     * @param observer watches
     * @return what was done
     * @throws WrongUse when there are fewer than two models, or writing would delete one that is read
     * @throws WorkFailure when they cannot be aligned, one is not the same function, or the disk refuses; models that
     *     were written before stay
     */
    public Done write(List<ModelDirectory> models, List<Output> outputs, WorkObserver observer) {
        if (models.size() < 2 || models.size() != outputs.size()) {
            throw new WrongUse("models are " + models.size() + " for " + outputs.size()
                    + " places, expected at least two and one place for each.");
        }
        requirePlaces(models, outputs);
        ModelDirectory first = models.getFirst();
        models.forEach(model -> SameKind.require(first, model));
        models.forEach(checking::requirePossible);
        MemoryPlan.of(models.toArray(ModelDirectory[]::new)).with(method, first, models.size()).require(memoryLimit);
        models.forEach(model -> model.requireFinite(observer));
        List<CheckpointReader> readers = new ArrayList<>();
        try {
            List<Folding.Source> sources = new ArrayList<>();
            for (ModelDirectory model : models) {
                readers.add(model.reader());
                sources.add(new Folding.Source(model, readers.getLast()));
            }
            return ReusedMemory.during(() -> carry(sources, outputs, observer));
        } finally {
            readers.forEach(CheckpointReader::close);
        }
    }

    private static void requirePlaces(List<ModelDirectory> models, List<Output> outputs) {
        for (int place = 0; place < outputs.size(); place++) {
            for (ModelDirectory model : models) {
                outputs.get(place).require(models.get(place).checkpoint(), model.checkpoint().directory());
            }
            for (int other = 0; other < place; other++) {
                outputs.get(place).requireApart(outputs.get(other));
            }
        }
    }

    private Done carry(List<Folding.Source> sources, List<Output> outputs, WorkObserver observer) {
        ResidualPlan plan = ResidualPlan.of(method.residual(), sources, observer);
        List<RewrittenModel> folded = plan.folded().map(Folding.Folded::models).orElse(List.of());
        ModelDirectory[] models = sources.stream().map(Folding.Source::model).toArray(ModelDirectory[]::new);
        (folded.isEmpty() ? MemoryPlan.of(models) : MemoryPlan.folding(models)).with(method, models[0], models.length)
                .require(memoryLimit);
        Architecture architecture = plan.folded().map(Folding.Folded::architecture)
                .orElseGet(() -> sources.getFirst().model().architecture());
        List<TensorReader> tensors = folded.isEmpty()
                ? sources.stream().map(Folding.Source::tensors).toList()
                : folded.stream().map(model -> model.found().tensors()).toList();
        MatchingMethod decided = method.withResidual(plan.matching());
        Optional<Network> network = folded.isEmpty() ? NetworkOrReason.of(sources.getFirst().model()).network()
                : Optional.of(folded.getFirst().found().network());
        ManyMatcher matcher = network.map(runs -> decided.amongMany(runs, rounds))
                .orElseGet(() -> new UniverseMatcher(decided.withoutNetwork(), rounds));
        UniverseMatcher.Universe universe = matcher.match(architecture, tensors, observer);
        List<Optional<Checking.Checked>> checked = new ArrayList<>();
        for (int model = 0; model < sources.size(); model++) {
            Folding.Source source = sources.get(model);
            MovedModel moved = folded.isEmpty()
                    ? new MovedModel(source.model(), source.tensors(), universe.alignments().get(model))
                    : new MovedModel(folded.get(model), universe.alignments().get(model));
            checked.add(checking.check(moved, observer));
            moved.write(outputs.get(model), provenance(), observer);
        }
        return new Done(checked, universe.objectives(), universe.notes(), Align.Stream.of(plan, Optional.empty()));
    }

    private Map<String, String> provenance() {
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("thalweg.align.method", "universe");
        provenance.put("thalweg.align.rounds", Integer.toString(rounds));
        method.settings().forEach((setting, value) -> provenance.put("thalweg.align." + setting, value));
        return provenance;
    }
}

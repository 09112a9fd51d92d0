package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.equivalence.Comparison;
import org.thalweg.failure.WorkFailure;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.tensor.WorkObserver;

/**
 * Models that are merged after each was carried into the basin of the first and checked to be the same function. Their
 * tensors are computed when they are read.
 *
 * @param inputs in the order of the sources; the first in the form in which the others were matched to it
 * @param carried what was found of each but the first
 * @param stream what was done about the residual streams
 */
record AlignedInputs(List<MergeInput> inputs, List<Merge.Carried> carried, Align.Stream stream) {
    /**
     * How models are aligned.
     *
     * @param method what is matched and how
     * @param checking how each function is compared
     * @param memoryLimit bytes that may be taken
     */
    record Matching(MatchingMethod method, Checking checking, long memoryLimit) {}

    /**
     * Aligns models.
     *
     * @param names by which the configuration calls them
     * @param sources models that can be aligned, the one that stays first; open as long as the result is read
     * @param matching how they are matched and checked, and what memory that may take
     * @param observer watches
     * @throws WorkFailure when they cannot be aligned, or one is not the same function
     */
    static AlignedInputs of(
            List<String> names, List<Folding.Source> sources, Matching matching, WorkObserver observer) {
        ResidualPlan plan = ResidualPlan.of(matching.method().residual(), sources, observer);
        if (plan.folded().isPresent()) {
            ModelDirectory[] models = sources.stream().map(Folding.Source::model).toArray(ModelDirectory[]::new);
            MemoryPlan.folding(models).with(matching.method(), models[0]).require(matching.memoryLimit());
        }
        MatchingMethod decided = matching.method().withResidual(plan.matching());
        List<MergeInput> inputs = new ArrayList<>();
        inputs.add(plan.folded()
                .map(folded -> input(names.getFirst(), folded.models().getFirst()))
                .orElseGet(() -> input(names.getFirst(), sources.getFirst())));
        List<Merge.Carried> carried = new ArrayList<>();
        for (int other = 1; other < sources.size(); other++) {
            CarriedModel model = CarriedModel.of(
                    MatchedPair.of(plan, sources, other), decided, matching.checking(), observer);
            inputs.add(MergeInput.of(names.get(other), model.moved().directory(), model.moved()::stored,
                    model.pair().network()));
            carried.add(new Merge.Carried(LayerDistance.all(model.distances(observer)),
                    model.match().spaces(), model.checked()));
        }
        Optional<Comparison> ofFirst =
                plan.folded().map(folded -> folded.models().getFirst().check(observer).stored());
        return new AlignedInputs(inputs, carried, Align.Stream.of(plan, ofFirst));
    }

    private static MergeInput input(String name, RewrittenModel model) {
        return MergeInput.of(name, model.found().directory(), model.stored()::stored,
                Optional.of(model.found().network()));
    }

    private static MergeInput input(String name, Folding.Source source) {
        return MergeInput.of(name, WrittenDirectory.like(source.model()), source.tensors(),
                NetworkOrReason.of(source.model()).network());
    }
}

package org.thalweg.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Two models in the form in which they are matched.
 *
 * @param architecture of both
 * @param network runs both, where it is built in
 * @param reference A's tensors
 * @param storedReference the same as they are stored
 * @param model B's tensors
 * @param weights names of tensors with numbers that are trained, in both models
 * @param moving B as an alignment moves it
 * @param writing writes A
 */
record MatchedPair(
        Architecture architecture,
        Optional<Network> network,
        TensorReader reference,
        TensorReader storedReference,
        TensorReader model,
        Set<String> weights,
        Function<Alignment, MovedModel> moving,
        BiConsumer<Output, WorkObserver> writing) {
    /** Models as they are. */
    private static MatchedPair of(Folding.Source a, Folding.Source b) {
        return new MatchedPair(
                b.model().architecture(),
                NetworkOrReason.of(b.model()).network(),
                a.tensors(),
                a.tensors(),
                b.tensors(),
                weights(a.model().tensors(), b.model().tensors(), b.model().architecture()),
                alignment -> new MovedModel(b.model(), b.tensors(), alignment),
                (output, observer) -> WrittenDirectory.like(a.model())
                        .write(a.tensors(), Map.of(), List.of(), output, observer));
    }

    /** The first of some models and another one, in the form that a plan gives them. */
    static MatchedPair of(ResidualPlan plan, List<Folding.Source> sources, int other) {
        return plan.folded().map(folded -> of(folded, other))
                .orElseGet(() -> of(sources.getFirst(), sources.get(other)));
    }

    private static MatchedPair of(Folding.Folded folded, int other) {
        RewrittenModel a = folded.models().getFirst();
        RewrittenModel b = folded.models().get(other);
        return new MatchedPair(
                folded.architecture(),
                Optional.of(b.found().network()),
                a.found().tensors(),
                a.stored()::stored,
                b.found().tensors(),
                weights(a.found().directory().tensors(), b.found().directory().tensors(), folded.architecture()),
                alignment -> new MovedModel(b, alignment),
                a::write);
    }

    MovedModel moved(Alignment alignment) {
        return moving.apply(alignment);
    }

    void writeReference(Output output, WorkObserver observer) {
        writing.accept(output, observer);
    }

    private static Set<String> weights(
            Map<String, TensorLayout> reference, Map<String, TensorLayout> model, Architecture architecture) {
        Set<String> names = new LinkedHashSet<>(floating(reference));
        names.removeAll(architecture.ignored());
        names.retainAll(floating(model));
        return names;
    }

    private static Set<String> floating(Map<String, TensorLayout> model) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>(model);
        layouts.values().removeIf(layout -> layout.type().dtype().filter(DType::isFloating).isEmpty());
        return layouts.keySet();
    }
}

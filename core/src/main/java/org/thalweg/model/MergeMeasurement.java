package org.thalweg.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Network;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Measures models that are merged and what comes of it, tensors read when they are asked for.
 *
 * @param examples on what
 * @param observer watches
 */
record MergeMeasurement(Merge.Measuring examples, WorkObserver observer) {
    /**
     * What was measured of a merge.
     *
     * @param scores by name
     * @param routers of a model with experts
     * @param tensors of the merge, with recalibrated routers where that was asked for
     */
    record Measured(
            Map<String, EvaluationSet.Score> scores, Optional<Merge.Routers> routers, TensorReader tensors) {
        static Measured nothing(TensorReader tensors) {
            return new Measured(Map.of(), Optional.empty(), tensors);
        }
    }

    /** Evaluates one model, in float64 where a number of it is stored so, as {@link Evaluation} does. */
    EvaluationSet.Score score(Network network, MergeInput model) {
        Examples evaluated = examples.evaluated().orElseThrow();
        try (Scope scope = Scope.open()) {
            CountedReads reads = new CountedReads(
                    "evaluating " + model.name(), Evaluation.reads(network, evaluated), observer);
            MergeInput read = model.reading(reads.of(HeldTensors.of(model.layouts(), model.tensors())));
            return Evaluation.score(network, parameters(network, read), evaluated,
                    MeasuredModels.usualType(model.layouts()), _ -> { });
        }
    }

    private static Parameters parameters(Network network, MergeInput model) {
        return Parameters.reading(
                network.tensors().keySet(), model.tensors(), MeasuredModels.usualType(model.layouts()));
    }

    /**
     * Evaluates a merge and compares its routers with the sources'.
     *
     * @param network of all
     * @param sources as they were merged
     * @param merge what was made of them
     * @param shares how much each source counts for routers; nothing where no routers are compared
     */
    Measured merged(
            Network network, List<MergeInput> sources, MergeInput merge, Optional<RouterShares> shares) {
        MergeInput merged = merge.reading(HeldTensors.of(merge.layouts(), merge.tensors()));
        if (examples.recalibrated().isPresent()) {
            return recalibrated(routers(network, sources, merged, shares.orElseThrow(() -> new WorkFailure(
                    "no routers can be recalibrated: the merged model has no experts, or layers that stand elsewhere "
                            + "in the models it is made of; merge without recalibrating."))), names(sources), merged);
        }
        Optional<Merge.Routers> compared = shares.map(counting -> new Merge.Routers(names(sources),
                routers(network, sources, merged, counting).overlaps(observer), List.of()));
        return new Measured(Map.of(Merge.MERGED, score(network, merged)), compared, merged.tensors());
    }

    private Measured recalibrated(MergedRouters routers, List<String> names, MergeInput merged) {
        // All sources share their inputs, so the merged stream would give nothing but the mean of their routers.
        MergedRouters.Done done = routers.recalibrate(new MergedRouters.Settings(
                MergedRouters.Settings.USUAL.rule(), MergedRouters.Reference.OWN_STREAM,
                MergedRouters.Weighing.CURVATURE), observer);
        Map<String, Tensor> changed = done.routers();
        MergeInput fitted = merged.reading(name ->
                changed.containsKey(name) ? changed.get(name).copy() : merged.tensors().read(name));
        Map<String, EvaluationSet.Score> scores = new LinkedHashMap<>();
        if (examples.evaluated().isPresent()) {
            scores.put(Merge.ROUTERS_AS_MERGED, score(routers.network(), merged));
            scores.put(Merge.MERGED, score(routers.network(), fitted));
        }
        return new Measured(
                scores, Optional.of(new Merge.Routers(names, done.before(), done.after())), fitted.tensors());
    }

    private static List<String> names(List<MergeInput> models) {
        return models.stream().map(MergeInput::name).toList();
    }

    private MergedRouters routers(
            Network network, List<MergeInput> sources, MergeInput merged, RouterShares shares) {
        Examples compared = examples.recalibrated().or(examples::evaluated).orElseThrow();
        return new MergedRouters(
                network,
                IntStream.range(0, sources.size()).mapToObj(source -> new MergedRouters.Source(
                        parameters(network, sources.get(source)), compared,
                        router -> shares.of(source, router))).toList(),
                parameters(network, merged));
    }
}

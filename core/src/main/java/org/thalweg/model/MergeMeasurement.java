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
import org.thalweg.tensor.DType;
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

    /** Evaluates one model. */
    EvaluationSet.Score score(String name, Network network, MergeInput model) {
        try (Scope scope = Scope.open()) {
            return score(name, network, HeldTensors.of(model.layouts(), model.tensors()));
        }
    }

    private EvaluationSet.Score score(String name, Network network, TensorReader tensors) {
        Examples evaluated = examples.evaluated().orElseThrow();
        CountedReads reads = new CountedReads(
                "evaluating " + name, Evaluation.reads(network, evaluated), observer);
        return Evaluation.score(network, parameters(network, reads.of(tensors)), evaluated, DType.FLOAT32, _ -> { });
    }

    private static Parameters parameters(Network network, TensorReader tensors) {
        return Parameters.reading(network.tensors().keySet(), tensors, DType.FLOAT32);
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
        TensorReader merged = HeldTensors.of(merge.layouts(), merge.tensors());
        if (shares.isEmpty()) {
            if (examples.recalibrated().isPresent()) {
                throw new WorkFailure("no routers can be recalibrated: the merged model has no experts, or layers that "
                        + "stand elsewhere in the models it is made of; merge without recalibrating.");
            }
            return new Measured(Map.of(Merge.MERGED, score(Merge.MERGED, network, merged)), Optional.empty(), merged);
        }
        Map<String, EvaluationSet.Score> scores = new LinkedHashMap<>();
        MergedRouters routers = routers(network, sources, merged, shares.get());
        List<String> names = sources.stream().map(MergeInput::name).toList();
        if (examples.recalibrated().isEmpty()) {
            scores.put(Merge.MERGED, score(Merge.MERGED, network, merged));
            return new Measured(
                    scores, Optional.of(new Merge.Routers(names, routers.overlaps(observer), List.of())), merged);
        }
        // All sources share their inputs, so the merged stream would give nothing but the mean of their routers.
        MergedRouters.Done done = routers.recalibrate(new MergedRouters.Settings(
                MergedRouters.Settings.USUAL.rule(), MergedRouters.Reference.OWN_STREAM,
                MergedRouters.Weighing.CURVATURE), observer);
        Map<String, Tensor> changed = done.routers();
        TensorReader recalibrated = name -> changed.containsKey(name) ? changed.get(name).copy() : merged.read(name);
        if (examples.evaluated().isPresent()) {
            scores.put(Merge.ROUTERS_AS_MERGED, score(Merge.ROUTERS_AS_MERGED, network, merged));
            scores.put(Merge.MERGED, score(Merge.MERGED, network, recalibrated));
        }
        return new Measured(scores, Optional.of(new Merge.Routers(names, done.before(), done.after())), recalibrated);
    }

    private MergedRouters routers(
            Network network, List<MergeInput> sources, TensorReader merged, RouterShares shares) {
        Examples compared = examples.recalibrated().or(examples::evaluated).orElseThrow();
        return new MergedRouters(
                network,
                IntStream.range(0, sources.size()).mapToObj(source -> new MergedRouters.Source(
                        parameters(network, sources.get(source).tensors()), compared,
                        router -> shares.of(source, router))).toList(),
                parameters(network, merged));
    }
}

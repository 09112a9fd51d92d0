package org.thalweg.model;

import java.util.List;
import java.util.Optional;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.connectivity.Mixture;
import org.thalweg.network.JoinedHeads;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.WorkObserver;

/** Measures weighted means of models on disk. */
final class MeansMeasurement {
    private MeansMeasurement() {}

    static void require(List<ModelDirectory> models) {
        MeasuredModels.requireMeasurable(models.getFirst());
        models.stream().skip(1).forEach(model -> SameKind.requireSameFunction(models.getFirst(), model));
    }

    static List<EvaluationSet.Score> measure(
            List<ModelDirectory> models, Examples examples, List<double[]> weights, WorkObserver observer) {
        return measure(models, Optional.empty(), examples, weights, observer);
    }

    /** With wider heads the means have averages of circuits. */
    static List<EvaluationSet.Score> measure(
            List<ModelDirectory> models,
            Optional<JoinedHeads.Wider> heads,
            Examples examples,
            List<double[]> weights,
            WorkObserver observer) {
        try (MeasuredModels opened = new MeasuredModels(models, MeasuredModels.usualType(models))) {
            long tensors = opened.network().tensors().size();
            CountedReads comparing = new CountedReads("comparing", tensors * models.size(), observer);
            Mixture plain = Mixture.of(opened.network(), opened.parameters(Optional.of(comparing)));
            Mixture differences = heads.map(plain::joining).orElse(plain);
            int batch = MeasuredModels.batch(examples);
            long batches = Math.ceilDiv(examples.size(), batch);
            CountedReads reads = new CountedReads(
                    "measuring", batches * (tensors + weights.size() * differences.reads()), observer);
            Mixture mixture = differences.with(opened.parameters(Optional.of(reads)));
            try {
                return mixture.scores(examples, batch, weights, () -> { });
            } catch (ArithmeticException noNumber) {
                throw opened.notFinite(noNumber.getMessage(), observer);
            }
        }
    }
}

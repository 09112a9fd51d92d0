package org.thalweg.study;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Mixture;
import org.thalweg.failure.Stopped;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.Network;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/**
 * Weighted means of models in memory, measured on the test set of a study.
 *
 * @param context of the step that measures; told of each mean
 * @param models directories of the models, at least one
 * @param note what progress shows
 */
record TestedMeans(StepContext context, List<Path> models, String note) {
    /** Copies the list. */
    TestedMeans {
        models = List.copyOf(models);
    }

    /**
     * Measures means of the stored weights.
     *
     * @param weights of each mean, one for each model
     * @return the scores in the order of the weights
     * @throws ArithmeticException when a loss is not finite
     */
    List<EvaluationSet.Score> scores(List<double[]> weights) {
        return scores(UnaryOperator.identity(), weights);
    }

    /**
     * Measures means of the circuits of heads, all other tensors as they are stored.
     *
     * @param weights of each mean, one for each model
     * @return the scores in the order of the weights
     * @throws ArithmeticException when a loss is not finite
     * @throws org.thalweg.failure.WorkFailure when the network has no such circuits
     */
    List<EvaluationSet.Score> scoresOfCircuits(List<double[]> weights) {
        JoinedHeads.Wider heads = ModelDirectory.open(models.getFirst()).joinedHeads(models.size());
        return scores(mixture -> mixture.joining(heads), weights);
    }

    private List<EvaluationSet.Score> scores(UnaryOperator<Mixture> form, List<double[]> weights) {
        TransformerData data = (TransformerData) context.data();
        List<ModelDirectory> opened = models.stream().map(ModelDirectory::open).toList();
        try (Scope scope = Scope.open()) {
            Network network = opened.getFirst().network().orElseThrow();
            List<Parameters> loaded = opened.stream().map(ModelDirectory::load).toList();
            Mixture mixture = form.apply(Mixture.of(network, loaded));
            EvaluationSet examples = EvaluationSet.advance(network, loaded.getFirst(),
                    data.test().inOrder(data.evaluationBatch()), mixture.firstDifference());
            return mixture.scores(examples, weights, () -> {
                context.monitor().advance(data.test().size(), note);
                if (context.monitor().stopRequested()) {
                    throw new Stopped();
                }
            });
        }
    }
}

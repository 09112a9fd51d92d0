package org.thalweg.connectivity;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.network.Network;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Examples with their classes, taken as far through a network as no change will reach. Evaluating a model then runs
 * only the stages from there on: with experts in the last of six layers about a sixth of the network.
 *
 * <p>The tensors belong to the scope in which the set was made.
 *
 * @param from the stage at which evaluation starts
 * @param batches the examples
 */
public record EvaluationSet(int from, List<Batch> batches) {
    /**
     * Some examples.
     *
     * @param state what the stage takes: [batch …]
     * @param labels [batch] or [batch tokens], int64, {@link Examples#IGNORED} where no answer is counted
     */
    public record Batch(Tensor state, Tensor labels) {}

    /** Copies the list; the tensors are shared. */
    public EvaluationSet {
        batches = List.copyOf(batches);
    }

    /**
     * Runs examples up to a stage, once.
     *
     * @param network the network
     * @param parameters a model whose tensors in the stages before {@code to} are those of every model to be
     *     evaluated
     * @param inputs examples at stage 0; unchanged
     * @param to the stage to stop before
     * @return the set, owned by the enclosing scope
     */
    public static EvaluationSet advance(Network network, Parameters parameters, List<Batch> inputs, int to) {
        if (to == 0) {
            return new EvaluationSet(0, inputs);
        }
        List<Batch> advanced = new ArrayList<>();
        for (Batch input : inputs) {
            try (Scope scope = Scope.open()) {
                Tensor state = Gradients.without(() -> network.run(parameters, input.state(), 0, to));
                advanced.add(new Batch(scope.keep(state), input.labels()));
            }
        }
        return new EvaluationSet(to, advanced);
    }

    /**
     * The first stage that reads a tensor in which two models differ.
     *
     * @param network the network
     * @param a a model
     * @param b a model with the same names
     * @return a stage; the last one when the models are equal
     */
    public static int firstDifference(Network network, Parameters a, Parameters b) {
        int first = network.stages() - 1;
        for (String name : a.names()) {
            if (network.stageOf(name) < first && !a.get(name).sameAs(b.get(name))) {
                first = network.stageOf(name);
            }
        }
        return first;
    }

    /**
     * Mean cross-entropy and share of right answers of a model.
     *
     * @param network the network
     * @param parameters the model; float32 or float64 as the examples are
     * @return loss in nats and accuracy in [0, 1], accumulated in double precision
     */
    public Score score(Network network, Parameters parameters) {
        return Gradients.without(() -> {
            double loss = 0;
            double right = 0;
            long examples = 0;
            for (Batch batch : batches) {
                try (Scope scope = Scope.open()) {
                    Tensor logits = network.run(parameters, batch.state(), from, network.stages());
                    long ignored = (long) batch.labels().equalTo(Examples.IGNORED).sum().item();
                    long count = batch.labels().size() - ignored;
                    if (count == 0) {
                        continue;
                    }
                    loss += count * Functions.crossEntropy(logits, batch.labels()).item();
                    right += logits.argmax(-1).equalTo(batch.labels()).sum().item();
                    examples += count;
                }
            }
            return new Score(loss / examples, right / examples, examples);
        });
    }

    /**
     * How well a model does.
     *
     * @param loss mean cross-entropy, nats
     * @param accuracy share of right answers
     * @param answers how many were counted: images, or tokens predicted
     */
    public record Score(double loss, double accuracy, long answers) {}
}

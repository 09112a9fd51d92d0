package org.thalweg.connectivity;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
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
    /** Outputs of a language model held at a time: 256 MiB in float32. */
    private static final long LARGEST_OUTPUT = 1L << 26;

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
            advanced.add(new Batch(
                    Gradients.without(() -> run(network, parameters, input.state(), 0, to)), input.labels()));
        }
        return new EvaluationSet(to, advanced);
    }

    /**
     * Runs examples up to a stage, once, inputs in memory a batch at a time.
     *
     * @param network the network
     * @param parameters as for {@link #advance(Network, Parameters, List, int)}
     * @param examples the examples
     * @param batch how many at once
     * @param to the stage to stop before
     * @return the set, owned by the enclosing scope
     */
    public static EvaluationSet advance(
            Network network, Parameters parameters, Examples examples, int batch, int to) {
        if (to == 0) {
            return new EvaluationSet(0, examples.inOrder(batch));
        }
        List<Batch> advanced = new ArrayList<>();
        for (int start = 0; start < examples.size(); start += batch) {
            try (Scope scope = Scope.open()) {
                Batch input = examples.batch(start, Math.min(batch, examples.size() - start), DType.FLOAT32);
                Batch done = advance(network, parameters, List.of(input), to).batches.getFirst();
                advanced.add(new Batch(scope.keep(done.state), scope.keep(done.labels)));
            }
        }
        return new EvaluationSet(to, advanced);
    }

    /**
     * As {@link #score(Network, Parameters)} of all of some examples, inputs in memory a batch at a time.
     *
     * @param network the network
     * @param parameters the model, float32
     * @param examples the examples
     * @param batch how many at once
     * @return loss in nats and accuracy in [0, 1], accumulated in double precision
     */
    public static Score score(Network network, Parameters parameters, Examples examples, int batch) {
        return Gradients.without(() -> {
            Sums all = new Sums(0, 0, 0);
            for (int start = 0; start < examples.size(); start += batch) {
                try (Scope scope = Scope.open()) {
                    Batch some = examples.batch(start, Math.min(batch, examples.size() - start), DType.FLOAT32);
                    all = new EvaluationSet(0, List.of(some)).added(all, network, parameters, _ -> { });
                }
            }
            return all.score();
        });
    }

    /** Runs stages one after the other; of what a stage makes only its result is kept. */
    private static Tensor run(Network network, Parameters parameters, Tensor state, int from, int to) {
        Tensor current = state;
        for (int stage = from; stage < to; stage++) {
            Tensor next;
            try (Scope scope = Scope.open()) {
                next = scope.keep(network.run(parameters, current, stage, stage + 1));
            }
            if (current != state) {
                current.close();
            }
            current = next;
        }
        return current;
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
        return Mixture.of(network, List.of(a, b)).firstDifference();
    }

    /**
     * Mean cross-entropy and share of right answers of a model.
     *
     * @param network the network
     * @param parameters the model; float32 or float64 as the examples are
     * @return loss in nats and accuracy in [0, 1], accumulated in double precision
     */
    public Score score(Network network, Parameters parameters) {
        return score(network, parameters, _ -> { });
    }

    /**
     * As {@link #score(Network, Parameters)}, and shows the outputs. Those of a language model are by far the largest
     * activations, so the last stage runs on as many texts at a time as have 2^26 outputs, at least one.
     *
     * @param network the network
     * @param parameters the model
     * @param outputs given the logits in the order of the examples, [some classes] or [some tokens vocabulary], which
     *     are freed behind the call
     * @return loss in nats and accuracy in [0, 1], accumulated in double precision
     */
    public Score score(Network network, Parameters parameters, Consumer<Tensor> outputs) {
        return Gradients.without(() -> added(new Sums(0, 0, 0), network, parameters, outputs).score());
    }

    private Sums added(Sums before, Network network, Parameters parameters, Consumer<Tensor> outputs) {
        Sums all = before;
        for (Batch batch : batches) {
            try (Scope scope = Scope.open()) {
                int last = network.stages() - 1;
                Tensor state = run(network, parameters, batch.state(), from, last);
                long examples = batch.labels().length(0);
                long together = together(network, batch.labels());
                for (long start = 0; start < examples; start += together) {
                    long count = Math.min(together, examples - start);
                    all = all.and(sums(network, parameters, new Batch(state.narrow(0, start, count),
                            batch.labels().narrow(0, start, count)), outputs));
                }
            }
        }
        return all;
    }

    private static long together(Network network, Tensor labels) {
        return network.inputs() instanceof Inputs.Texts texts
                ? Math.max(1, LARGEST_OUTPUT / (texts.vocabulary() * (labels.size() / labels.length(0))))
                : labels.length(0);
    }

    /** What is added up over examples. */
    private record Sums(double loss, double right, long answers) {
        Sums and(Sums other) {
            return new Sums(loss + other.loss, right + other.right, answers + other.answers);
        }

        Score score() {
            return new Score(loss / answers, right / answers, answers);
        }
    }

    private static Sums sums(Network network, Parameters parameters, Batch last, Consumer<Tensor> outputs) {
        try (Scope scope = Scope.open()) {
            Tensor logits = network.run(parameters, last.state(), network.stages() - 1, network.stages());
            outputs.accept(logits);
            Tensor labels = last.labels();
            long count = labels.size() - (long) labels.equalTo(Examples.IGNORED).sum().item();
            return count == 0 ? new Sums(0, 0, 0) : new Sums(
                    count * Functions.crossEntropy(logits, labels).item(),
                    logits.argmax(-1).equalTo(labels).sum().item(),
                    count);
        }
    }

    /**
     * How well a model does.
     *
     * @param loss mean cross-entropy, nats
     * @param accuracy share of right answers
     * @param answers how many were counted: images, or tokens predicted
     */
    public record Score(double loss, double accuracy, long answers) {
        /** Of no answers, of which there is no mean. */
        public static final Score NONE = new Score(Double.NaN, Double.NaN, 0);

        /**
         * The mean over these answers and others.
         *
         * @param other of the same model on other examples
         * @return loss and accuracy of both together
         */
        public Score and(Score other) {
            if (answers == 0 || other.answers == 0) {
                return answers == 0 ? other : this;
            }
            long all = answers + other.answers;
            return new Score((answers * loss + other.answers * other.loss) / all,
                    (answers * accuracy + other.answers * other.accuracy) / all, all);
        }
    }
}

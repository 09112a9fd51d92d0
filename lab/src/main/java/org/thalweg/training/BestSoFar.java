package org.thalweg.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.thalweg.network.Network;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The trained tensors that did best on held-out examples so far. Its tensors belong to the scope it is made in. */
final class BestSoFar {
    private static final String PREFIX = "best.";

    private final EarlyStopping stopping;
    private final Network network;
    private final Parameters weights;
    private final FrozenPrefix heldOut;
    private double loss = Double.POSITIVE_INFINITY;
    private long step;

    BestSoFar(EarlyStopping stopping, Network network, Parameters leaves, FrozenPrefix heldOut) {
        this.stopping = stopping;
        this.network = network;
        this.weights = Gradients.without(() -> leaves.map(leaf -> leaf.detach().copy()));
        this.heldOut = heldOut;
    }

    /** Whether there is a look after a step. */
    boolean isDue(long after, long steps) {
        return after % stopping.every() == 0 || after == steps;
    }

    /**
     * Looks at a model.
     *
     * @param after steps done
     * @param model all tensors
     * @param leaves those that are trained
     */
    void look(long after, Parameters model, Parameters leaves) {
        double found = loss(model);
        if (found < loss) {
            loss = found;
            step = after;
            try (Scope scope = Scope.open()) {
                weights.asMap().forEach((name, kept) -> kept.copyInPlace(leaves.get(name).detach()));
            }
        }
    }

    private double loss(Parameters model) {
        try (Scope scope = Scope.open()) {
            return heldOut.inOrder(stopping.batch()).score(network, model).loss();
        }
    }

    /** Whether it has not become better for too long. */
    boolean isOver(long after) {
        return after - step >= stopping.every() * stopping.patience();
    }

    double loss() {
        return loss;
    }

    long step() {
        return step;
    }

    Parameters weights() {
        return weights;
    }

    /** The weights by names that no tensor of the model has. */
    Parameters named() {
        Map<String, Tensor> named = new LinkedHashMap<>();
        weights.asMap().forEach((name, tensor) -> named.put(PREFIX + name, tensor));
        return Parameters.of(named);
    }

    void restore(TrainingOutcome.Best best, Function<String, Tensor> saved) {
        loss = best.loss();
        step = best.step();
        weights.asMap().forEach((name, kept) -> kept.copyInPlace(saved.apply(PREFIX + name)));
    }
}

package org.thalweg.network.moe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Role;
import org.thalweg.network.TensorTable;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A Mixture-of-Experts layer as a pure function: the one layer of all networks here. Time is that of the selected
 * experts only, and what one of them computes is freed before the next begins; equal scores go to the smaller index.
 *
 * @param count routed experts
 * @param experts what one of them is
 * @param router how tokens choose
 * @param routerBias whether the router has a bias
 * @param shared experts that every token uses, if any
 */
public record MoeLayer(
        int count, Experts experts, Router router, boolean routerBias, Optional<Shared> shared) {
    /** Added to every confidence, so that experts of which nothing is known weigh alike; rounding is smaller. */
    private static final double LEAST_CONFIDENCE = 1e-5;

    /**
     * Shared experts, stored as one network.
     *
     * @param width its hidden units; for stacks and single maps how many experts stand side by side
     * @param gated whether the sigmoid of a linear function of the input multiplies its output (Qwen2-MoE)
     * @param bias whether the maps of experts of one layer have biases though the routed experts' have none (ERNIE 4.5)
     */
    public record Shared(int width, boolean gated, boolean bias) {
        /** Without biases, or with a stack's. */
        public Shared(int width, boolean gated) {
            this(width, gated, false);
        }
    }

    /** Refuses numbers that do not fit together. */
    public MoeLayer {
        Router.Groups groups = router.groups();
        require(router.selected() <= count, "config.json asks for " + router.selected()
                + " experts for each token but there are " + count);
        require(count % groups.count() == 0 && groups.kept() <= groups.count(), "config.json asks for "
                + groups.kept() + " of " + groups.count() + " groups of " + count
                + " experts; groups must be of equal size and enough");
        require(router.selected() <= count / groups.count() * groups.kept(), "config.json asks for "
                + router.selected() + " experts for each token, more than " + groups.kept() + " groups hold");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new WorkFailure(sentence);
        }
    }

    /**
     * Runs the layer.
     *
     * @param layer its tensors; not changed
     * @param x [tokens residual]; not changed
     * @param choice decides which experts are used
     * @return [tokens residual]
     */
    public Tensor forward(LayerTensors layer, Tensor x, ExpertChoice choice) {
        return switch (router) {
            case Router.Confidence _ -> withShared(layer, x, confident(layer, x));
            case Router.ByCaller _ -> withShared(layer, x, selected(layer, x, Routing.byCaller(layer, x, choice)));
            case Router.Dense _, Router.Softmax _, Router.CorrectedSigmoid _, Router.SigmoidOnInput _,
                    Router.Decoupled _, Router.Sharpened _, Router.Tempered _ ->
                byScores(layer, x, shownScores(layer, x, choice), choice);
        };
    }

    /**
     * Runs the layer with scores that are not, or not only, a linear function of the tokens.
     *
     * @param layer its tensors; not changed
     * @param x [tokens residual]; not changed
     * @param scores [tokens experts]; not changed
     * @param choice decides which experts are used; not shown what the scores come from
     * @return [tokens outputs] of the experts' width
     */
    public Tensor byScores(LayerTensors layer, Tensor x, Tensor scores, ExpertChoice choice) {
        Tensor routed = router instanceof Router.Dense
                ? weighted(layer, x, Functions.softmax(scores, -1))
                : selected(layer, x, Routing.of(router, layer, x, scores, choice));
        return withShared(layer, x, routed);
    }

    /**
     * Runs the layer when each expert serves a limited number of tokens of each text, the first ones that choose it;
     * the others get nothing from their expert (Switch Transformers).
     *
     * @param layer its tensors; not changed
     * @param x [batch tokens residual]; not changed
     * @param choice decides which experts are used
     * @param capacity tokens of a text that an expert serves
     * @return [batch tokens residual]
     */
    public Tensor forward(LayerTensors layer, Tensor x, ExpertChoice choice, int capacity) {
        Tensor tokens = x.reshape(-1, x.length(2)); // [batch*tokens residual]
        Routing routing = Routing.of(router, layer, tokens, shownScores(layer, tokens, choice), choice)
                .limited(capacity, (int) x.length(1), count);
        return withShared(layer, tokens, selected(layer, tokens, routing)).reshape(x.shape());
    }

    /**
     * Runs the layer when all tokens of an input use the experts that one vector chooses (MoE-POT, arXiv 2510.25803).
     *
     * @param layer its tensors; not changed
     * @param x [inputs*tokens residual], tokens of an input together; not changed
     * @param entering [inputs residual] what the router reads; not changed
     * @param choice decides which experts are used, told of inputs in place of tokens
     * @return [inputs*tokens outputs], as wide as the experts' outputs
     */
    public Tensor byInputs(LayerTensors layer, Tensor x, Tensor entering, ExpertChoice choice) {
        Routing routing = Routing.of(router, layer, entering, shownScores(layer, entering, choice), choice)
                .forEach(x.length(0) / entering.length(0));
        return withShared(layer, x, selected(layer, x, routing));
    }

    private Tensor shownScores(LayerTensors layer, Tensor x, ExpertChoice choice) {
        String name = layer.names().of(Role.ROUTER, layer.layer());
        choice.look(name, x, router.isShiftFree());
        return choice.scored(name, scores(layer, x));
    }

    private Tensor withShared(LayerTensors layer, Tensor x, Tensor routed) {
        return shared.map(some -> {
            Tensor output = experts.shared(layer, some.bias(), x); // [tokens residual]
            return routed.add(some.gated()
                    ? output.multiply(Functions.sigmoid(layer.linear(Role.SHARED_SWITCH, false).apply(x))) : output);
        }).orElse(routed);
    }

    /**
     * Router scores {@code x Wᵀ + b}.
     *
     * @param layer its tensors; not changed
     * @param x [tokens residual]; not changed
     * @return [tokens experts]
     */
    public Tensor scores(LayerTensors layer, Tensor x) {
        return layer.linear(Role.ROUTER, routerBias).apply(x);
    }

    /**
     * Which experts each token uses and how much.
     *
     * @param layer its tensors; not changed
     * @param x [tokens residual]; not changed
     * @return the experts with their weights
     * @throws IllegalArgumentException when the router is dense
     */
    public Routing routing(LayerTensors layer, Tensor x) {
        return Routing.of(router, layer, x, scores(layer, x), ExpertChoice.FREE);
    }

    /**
     * Output of one routed expert.
     *
     * @param layer its tensors; not changed
     * @param expert counted from 0
     * @param x [tokens residual]; not changed
     * @return [tokens residual]
     */
    public Tensor expert(LayerTensors layer, int expert, Tensor x) {
        return experts.routed(layer, expert, x);
    }

    /**
     * Declares the layer's tensors.
     *
     * @param table stands at the layer's stage
     * @param residual width of the stream
     */
    public void declare(TensorTable table, long residual) {
        if (router.hasScores()) {
            table.linear(Role.ROUTER, count, residual, routerBias);
        }
        if (router.isCorrected()) {
            // Probabilities of a softmax are smaller than sigmoids.
            boolean row = router.isCorrectedByRow();
            table.put(Role.ROUTER_CORRECTION, new DeclaredTensor.Filling.Normal(0, row ? 0.1 / count : 0.1),
                    row ? new long[] {1, count} : new long[] {count});
        }
        if (router instanceof Router.Decoupled(int _, Router.Decoupling weights)) {
            table.linear(Role.ROUTER_ADAPTER, count, residual, false);
            if (weights == Router.Decoupling.CONCATENATED) {
                table.linear(Role.PROBABILITY_ADAPTER, count, count, false);
            }
        }
        experts.declareRouted(table, count, residual);
        shared.ifPresent(some -> {
            experts.declareShared(table, some, residual);
            if (some.gated()) {
                table.linear(Role.SHARED_SWITCH, 1, residual, false);
            }
        });
    }

    private Tensor weighted(LayerTensors layer, Tensor x, Tensor weights) {
        List<Tensor> terms = new ArrayList<>();
        for (int e = 0; e < count; e++) {
            terms.add(experts.routed(layer, e, x).multiply(weights.narrow(1, e, 1)));
        }
        return terms.stream().reduce(Tensor::add).orElseThrow();
    }

    /** All experts, each weighed by how far the classes that the classifier reads in it are from even. */
    private Tensor confident(LayerTensors layer, Tensor x) {
        Tensor sum = Tensor.zeros(x.dtype(), x.length(0), 1); // [tokens 1]
        List<Tensor> terms = new ArrayList<>();
        for (int e = 0; e < count; e++) {
            Tensor output = experts.routed(layer, e, x); // [tokens out]
            Tensor logits = layer.linear(Role.CLASSIFIER, true).apply(output); // [tokens classes]
            Tensor logs = logits.subtract(Functions.logSumExp(logits, -1));
            Tensor entropy = Functions.exp(logs).multiply(logs).sum(-1, true).multiply(-1); // [tokens 1]
            Tensor weight = entropy.multiply(-1 / Math.log(logits.length(-1))).add(1 + LEAST_CONFIDENCE);
            sum = sum.add(weight);
            terms.add(output.multiply(weight));
        }
        return terms.stream().reduce(Tensor::add).orElseThrow().divide(sum);
    }

    private Tensor selected(LayerTensors layer, Tensor x, Routing routing) {
        boolean onInput = router instanceof Router.SigmoidOnInput;
        long slots = routing.chosen().length(1);
        Tensor chosen = routing.chosen().reshape(-1); // [tokens*selected]
        Tensor weights = routing.weights().reshape(-1, 1); // [tokens*selected 1]
        Tensor sum = Tensor.zeros(x.dtype(), x.length(0), experts.outputs(x.length(1))); // [tokens outputs]
        for (int e = 0; e < count; e++) {
            try (Scope one = Scope.open()) {
                Tensor slot = chosen.equalTo(e).nonZero(); // [used]
                if (slot.size() == 0) {
                    continue;
                }
                Tensor token = slots == 1 ? slot : slot.floorDivide(slots); // [used]
                Tensor input = x.indexSelect(0, token); // [used residual]
                Tensor weight = weights.indexSelect(0, slot); // [used 1]
                Tensor output = onInput
                        ? experts.routed(layer, e, input.multiply(weight))
                        : experts.routed(layer, e, input).multiply(weight);
                Tensor before = sum;
                sum = one.keep(sum.indexAdd(0, token, output));
                before.close();
            }
        }
        return sum;
    }
}

package org.thalweg.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Network;
import org.thalweg.network.StageSpan;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * How far a merged model sends tokens to the experts to which a source sends them, each on its own stream. Experts
 * correspond by their numbers, so the source was aligned before.
 *
 * @param layers those in which a router chooses, in order; none in models without experts, or where all are used
 */
public record RouterOverlap(List<Layer> layers) {
    /**
     * One layer.
     *
     * @param router name of its router's weight
     * @param selected experts that a token uses, k
     * @param experts routed experts
     * @param overlap mean over tokens of the share of the source's k experts that the merged model chooses too: 1 where
     *     all choices are the same, near k / experts where they have nothing to do with each other
     * @param tokens over how many
     */
    public record Layer(String router, int selected, int experts, double overlap, long tokens) {}

    /** Copies the list. */
    public RouterOverlap {
        layers = List.copyOf(layers);
    }

    /**
     * The mean over layers.
     *
     * @return not a number when there are none
     */
    public double mean() {
        return layers.stream().mapToDouble(Layer::overlap).average().orElse(Double.NaN);
    }

    /**
     * Runs both models side by side, stage by stage up to the last router. Tensors of parameters that are read are read
     * once for each batch of some 4,000 tokens, and no more than one linear map of them is in memory. Every position of
     * the inputs counts, also one whose answer is not counted by {@code evaluate}, and a token in two windows counts
     * twice.
     *
     * @param network of both
     * @param source a model; not changed
     * @param merged a model; not changed
     * @param inputs at least one; the right answers do not matter
     * @param observer told how many inputs are behind
     * @return what was found
     * @throws WorkFailure when the activations of a model are not finite, which says nothing about its choices
     */
    public static RouterOverlap measure(
            Network network, Parameters source, Parameters merged, Examples inputs, WorkObserver observer) {
        if (network.routers().isEmpty()) {
            return new RouterOverlap(List.of());
        }
        Map<String, Sum> sums = new LinkedHashMap<>();
        observer.began("comparing choices of experts", inputs.size());
        int batch = MeasuredModels.batch(inputs);
        for (int start = 0; start < inputs.size(); start += batch) {
            int first = start;
            int count = Math.min(batch, inputs.size() - start);
            Gradients.without(() -> {
                try (Scope scope = Scope.open()) {
                    compare(network, new Side(source, inputs.batch(first, count, computed(network, source)).state()),
                            new Side(merged, inputs.batch(first, count, computed(network, merged)).state()), sums);
                    return count;
                }
            });
            observer.reached(start + count);
        }
        List<Layer> layers = new ArrayList<>();
        sums.forEach((router, sum) -> layers.add(new Layer(router, sum.selected,
                network.tensors().get(router).shape().getFirst().intValue(),
                (double) sum.shared / sum.chosen, sum.chosen / sum.selected)));
        return new RouterOverlap(layers);
    }

    /** The type in which a model is computed. */
    static DType computed(Network network, Parameters model) {
        return model.computed().orElseGet(
                () -> model.stored(network.tensors().keySet().iterator().next()).dtype());
    }

    /** How many stages there are up to the last router. */
    static int stages(Network network) {
        return network.routers().stream().mapToInt(router -> network.stageOf(router) + 1).max().orElse(0);
    }

    /** A model and its state before a stage. */
    private record Side(Parameters model, Tensor state) {
        Side advanced(Network network, int stage, ExpertChoice choice) {
            try (Scope scope = Scope.open()) {
                return new Side(model, scope.keep(
                        network.run(model, state, new StageSpan(stage, stage + 1), choice)));
            }
        }
    }

    private static void compare(Network network, Side source, Side merged, Map<String, Sum> sums) {
        Side one = source;
        Side other = merged;
        for (int stage = 0; stage < stages(network); stage++) {
            Map<String, long[]> chosen = new HashMap<>();
            Side oneNext = one.advanced(network, stage, (router, experts) -> {
                chosen.put(router, experts.toLongs());
                return experts;
            });
            Side otherNext = other.advanced(network, stage, (router, experts) -> {
                sums.computeIfAbsent(router, _ -> new Sum((int) experts.length(1)))
                        .add(chosen.get(router), experts.toLongs());
                return experts;
            });
            one.state().close();
            other.state().close();
            one = oneNext;
            other = otherNext;
        }
        requireFinite(one.state(), "the source");
        requireFinite(other.state(), "the merged model");
    }

    private static void requireFinite(Tensor state, String whose) {
        if (!state.isFinite()) {
            throw new WorkFailure("the activations of " + whose + " are not finite on the given inputs, so that its "
                    + "choices of experts say nothing; look at its loss with evaluate, which names weights that are "
                    + "not finite.");
        }
    }

    /** Choices of one layer so far. */
    private static final class Sum {
        private final int selected;
        private long chosen;
        private long shared;

        Sum(int selected) {
            this.selected = selected;
        }

        void add(long[] source, long[] merged) {
            chosen += source.length;
            for (int token = 0; token < source.length; token += selected) {
                for (int i = token; i < token + selected; i++) {
                    for (int j = token; j < token + selected; j++) {
                        shared += source[i] == merged[j] ? 1 : 0;
                    }
                }
            }
        }
    }
}

package org.thalweg.network.moe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.UnitFunction;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Sizes and gate of a Mixture-of-Experts layer as arXiv 2509.11348 trains it. {@link #layer} is the layer itself.
 *
 * @param experts routed experts, n
 * @param gating how they are weighed
 * @param hidden widths of the hidden layers of one expert, first to last; at least one
 * @param activation between the linear maps, GELU or ReLU
 */
public record MoeConfig(int experts, Gating gating, List<Integer> hidden, UnitFunction activation) {
    /** Refuses sizes that make no layer. */
    public MoeConfig {
        hidden = List.copyOf(hidden);
        if (experts < 1) {
            throw new WrongUse("an MoE layer has at least 1 expert, not " + experts + ".");
        }
        int selected = gating.selectedOf(experts);
        if (selected < 1 || selected > experts) {
            throw new WrongUse("the gate selects k = " + selected + " of " + experts
                    + " experts; choose k between 1 and the number of experts.");
        }
        if (hidden.isEmpty() || hidden.stream().anyMatch(width -> width < 1)) {
            throw new WrongUse("an expert has one or more hidden layers of at least 1 unit, not " + hidden + ".");
        }
        if (gating.sharedExperts() < 0) {
            throw new WrongUse("the number of shared experts is 0 or more, not " + gating.sharedExperts() + ".");
        }
        if (gating.sharedExperts() > 1 && hidden.size() > 1) {
            throw new WrongUse("several shared experts are one wide network only with one hidden layer; use s = 1 or "
                    + "one hidden layer instead of " + hidden + ".");
        }
    }

    /** The layer, whose gate has a bias. */
    public MoeLayer layer() {
        return layer(true);
    }

    /**
     * The layer.
     *
     * @param gateBias whether the gate has a bias
     * @return a pure function of its tensors
     */
    public MoeLayer layer(boolean gateBias) {
        Router router = switch (gating) {
            case Gating.Dense() -> new Router.Dense(experts);
            case Gating.Sparse(int selected) ->
                new Router.Softmax(selected, Router.Weighting.OVER_CHOSEN, Router.Groups.ONE, 1, false);
            case Gating.DeepSeek(int selected, int _) ->
                new Router.Softmax(selected, Router.Weighting.OVER_ALL, Router.Groups.ONE, 1, false);
        };
        return new MoeLayer(experts, new Experts.Stack(hidden, activation), router, gateBias,
                Optional.of(gating.sharedExperts()).filter(count -> count > 0)
                        .map(count -> new MoeLayer.Shared(count, false)));
    }

    /**
     * Random tensors of a layer: every linear map uniform in ±1/√(inputs), PyTorch's default; several shared experts
     * have the range of a single one.
     *
     * @param names of the tensors by role
     * @param layer counted from 0
     * @param residual width of the stream that the layer reads and writes
     * @param random where the numbers come from
     * @return float32 tensors by full name
     */
    public Parameters initialise(TensorNames names, int layer, int residual, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        String gate = names.of(Role.ROUTER, layer);
        double range = 1 / Math.sqrt(residual);
        tensors.put(gate, random.uniform(DType.FLOAT32, -range, range, experts, residual));
        tensors.put(TensorNames.biasOf(gate), random.uniform(DType.FLOAT32, -range, range, experts));
        for (int expert = 0; expert < experts; expert++) {
            for (int map = 0; map <= hidden.size(); map++) {
                draw(tensors, names.of(Role.EXPERT_MAP, layer, expert, map), map, new int[] {residual, 1}, random);
            }
        }
        for (int map = 0; gating.sharedExperts() > 0 && map <= hidden.size(); map++) {
            draw(tensors, names.of(Role.SHARED_MAP, layer, 0, map), map,
                    new int[] {residual, gating.sharedExperts()}, random);
        }
        return Parameters.of(tensors);
    }

    private void draw(Map<String, Tensor> tensors, String weight, int map, int[] residualAndCopies, Random random) {
        List<Integer> widths = new ArrayList<>(hidden);
        widths.addFirst(residualAndCopies[0]);
        widths.addLast(residualAndCopies[0]);
        int copies = residualAndCopies[1];
        long in = widths.get(map) * (map == 0 ? 1L : copies);
        long out = widths.get(map + 1) * (map == hidden.size() ? 1L : copies);
        double range = 1 / Math.sqrt(widths.get(map));
        tensors.put(weight, random.uniform(DType.FLOAT32, -range, range, out, in));
        tensors.put(TensorNames.biasOf(weight), random.uniform(DType.FLOAT32, -range, range, out));
    }
}

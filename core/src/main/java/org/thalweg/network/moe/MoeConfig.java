package org.thalweg.network.moe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.network.UnitFunction;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Sizes and gate of a Mixture-of-Experts layer as studies train it: with the experts of arXiv 2509.11348, or of a
 * published model. {@link #layer} is the layer itself.
 *
 * @param experts routed experts, n
 * @param gating how they are weighed
 * @param hidden widths of the hidden layers of one expert, first to last; at least one;
 *     of a published model one
 * @param activation between the linear maps, GELU or ReLU; a published model's own
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
        if (gating instanceof Gating.Published published) {
            requireKind(published, experts, hidden, activation);
        }
    }

    /** Refuses what a published model has otherwise. */
    private static void requireKind(
            Gating.Published gating, int experts, List<Integer> hidden, UnitFunction activation) {
        MoeModel model = gating.model();
        String gate = model.label();
        Router.Groups groups = gating.groups();
        require(!model.isTopOne() || gating.selected() == 1, gate, "chooses k = 1 expert, not " + gating.selected());
        require(model.hasShared() || gating.shared() == 0, gate, "has no shared experts");
        require(model.hasGroups() || groups.equals(Router.Groups.ONE), gate, "has no groups of experts");
        require(hidden.size() == 1, gate, "has experts of one hidden layer, not " + hidden);
        require(activation == model.activation(), gate, "has experts with " + model.activation() + " units, not "
                + activation);
        require(groups.count() >= 1 && experts % groups.count() == 0, gate, "has groups of equal size, which "
                + experts + " experts in " + groups.count() + " groups are not");
        require(groups.kept() >= 1 && groups.kept() <= groups.count(), gate, "keeps from 1 to all of its "
                + groups.count() + " groups, not " + groups.kept());
        int within = experts / groups.count() * groups.kept();
        require(gating.selected() <= within, gate, "chooses k = " + gating.selected() + " experts but the groups that "
                + "it keeps hold " + within);
    }

    private static void require(boolean holds, String gate, String sentence) {
        if (!holds) {
            throw new WrongUse("the gate " + gate + " " + sentence + ".");
        }
    }

    /** The layer as the gate has it: with a bias of the scores where that is usual. */
    public MoeLayer layer() {
        return layer(gating.hasBias());
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
            case Gating.Published(MoeModel model, int selected, int _, Router.Groups groups) ->
                model.router(selected, groups);
        };
        Optional<Integer> shared = Optional.of(gating.sharedExperts()).filter(count -> count > 0);
        return gating instanceof Gating.Published published
                ? new MoeLayer(experts, published.model().experts(hidden.getFirst()), router, gateBias,
                        shared.map(count -> new MoeLayer.Shared(
                                count * hidden.getFirst(), published.model().hasSwitch())))
                : new MoeLayer(experts, new Experts.Stack(hidden, activation), router, gateBias,
                        shared.map(count -> new MoeLayer.Shared(count, false)));
    }

    /**
     * Random tensors of a layer: every linear map uniform in ±1/√(inputs), PyTorch's default; several shared experts
     * have the range of a single one. A correction of the choice starts at 0.
     *
     * @param names of the tensors by role
     * @param layer counted from 0
     * @param residual width of the stream that the layer reads and writes
     * @param random where the numbers come from
     * @return float32 tensors by full name
     */
    public Parameters initialise(TensorNames names, int layer, int residual, Random random) {
        if (gating instanceof Gating.Published) {
            return initialisePublished(names, layer, residual, random);
        }
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

    private Parameters initialisePublished(TensorNames names, int layer, int residual, Random random) {
        TensorTable table = new TensorTable(names);
        table.at(0, layer);
        layer().declare(table, residual);
        String wide = gating.sharedExperts() > 1 ? names.of(Role.SHARED_DOWN, layer) : "";
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        table.tensors().forEach((name, tensor) -> tensors.put(name, switch (tensor.filling()) {
            case DeclaredTensor.Filling.Uniform(double declared) -> {
                double range = name.equals(wide) ? declared * Math.sqrt(gating.sharedExperts()) : declared;
                yield random.uniform(DType.FLOAT32, -range, range, tensor.lengths());
            }
            // Nothing but a correction of the choice.
            case DeclaredTensor.Filling.Normal _ -> Tensor.zeros(DType.FLOAT32, tensor.lengths());
        }));
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

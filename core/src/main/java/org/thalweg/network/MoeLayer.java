package org.thalweg.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A Mixture-of-Experts layer as a pure function: dense gating (Paper A, Eq 2), sparse top-k gating (Eq 3), DeepSeek
 * gating (Eq 139). Time is that of the selected experts only; equal scores go to the smaller index.
 */
public final class MoeLayer {
    private MoeLayer() {}

    /**
     * Runs the layer.
     *
     * @param config sizes and gating; names of the tensors are given there
     * @param parameters the model
     * @param prefix of the layer's tensors, for example {@code vit.encoder.layer.0.moe}
     * @param x [tokens residual]; not changed
     * @return [tokens residual]
     */
    public static Tensor forward(MoeConfig config, Parameters parameters, String prefix, Tensor x) {
        Tensor scores = scores(parameters, prefix, x); // [tokens experts]
        return switch (config.gating()) {
            case Gating.Dense() -> dense(config, parameters, prefix, x, Functions.softmax(scores, -1));
            case Gating.Sparse(int selected) -> {
                Tensor chosen = topK(scores, selected); // [tokens selected]
                Tensor weights = Functions.softmax(scores.gather(1, chosen), -1); // [tokens selected]
                yield selected(config, parameters, prefix, x, new Routes(chosen, weights));
            }
            case Gating.DeepSeek(int selected, int shared) -> {
                // Softmax keeps the order of the scores, and the scores themselves have fewer ties after rounding.
                Tensor chosen = topK(scores, selected); // [tokens selected]
                Tensor weights = Functions.softmax(scores, -1).gather(1, chosen); // [tokens selected]
                Tensor routed = selected(config, parameters, prefix, x, new Routes(chosen, weights));
                yield shared == 0 ? routed : routed.add(expert(config, parameters, prefix + ".shared_experts", x));
            }
        };
    }

    /**
     * Gate scores {@code x Wᵀ + b}; a gate without bias is allowed.
     *
     * @param parameters the model
     * @param prefix of the layer's tensors
     * @param x [tokens residual]
     * @return [tokens experts]
     */
    public static Tensor scores(Parameters parameters, String prefix, Tensor x) {
        String bias = prefix + ".gate.bias";
        return Functions.linear(
                x,
                parameters.get(prefix + ".gate.weight"),
                parameters.contains(bias) ? Optional.of(parameters.get(bias)) : Optional.empty());
    }

    /**
     * Random tensors of a layer: every linear map uniform in ±1/√(inputs), PyTorch's default.
     *
     * @param config sizes and gating
     * @param residual width of the stream the layer reads and writes
     * @param prefix of the layer's tensors
     * @param random where the numbers come from
     * @return float32 tensors by full name
     */
    public static Parameters initialise(MoeConfig config, int residual, String prefix, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        double range = 1 / Math.sqrt(residual);
        tensors.put(prefix + ".gate.weight", random.uniform(DType.FLOAT32, -range, range, config.experts(), residual));
        tensors.put(prefix + ".gate.bias", random.uniform(DType.FLOAT32, -range, range, config.experts()));
        List<Integer> widths = new ArrayList<>();
        widths.add(residual);
        widths.addAll(config.hidden());
        widths.add(residual);
        for (int expert = 0; expert < config.experts(); expert++) {
            String name = prefix + ".experts." + expert + ".dense.";
            FeedForward.initialise(widths, 1, random).forEach((part, tensor) -> tensors.put(name + part, tensor));
        }
        int shared = config.gating().sharedExperts();
        if (shared > 0) {
            String name = prefix + ".shared_experts.dense.";
            FeedForward.initialise(widths, shared, random).forEach((part, tensor) -> tensors.put(name + part, tensor));
        }
        return Parameters.of(tensors);
    }

    /**
     * Names and shapes of a layer's tensors.
     *
     * @param config sizes and gating
     * @param residual width of the stream the layer reads and writes
     * @param prefix of the layer's tensors
     * @return a new map in the order of {@link #initialise}
     */
    public static Map<String, long[]> shapes(MoeConfig config, int residual, String prefix) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(prefix + ".gate.weight", new long[] {config.experts(), residual});
        shapes.put(prefix + ".gate.bias", new long[] {config.experts()});
        for (int expert = 0; expert < config.experts(); expert++) {
            network(shapes, prefix + ".experts." + expert, config.hidden(), residual, 1);
        }
        if (config.gating().sharedExperts() > 0) {
            network(shapes, prefix + ".shared_experts", config.hidden(), residual, config.gating().sharedExperts());
        }
        return shapes;
    }

    private static void network(
            Map<String, long[]> shapes, String name, List<Integer> hidden, long residual, long copies) {
        long in = residual;
        for (int map = 0; map <= hidden.size(); map++) {
            long out = map == hidden.size() ? residual : copies * hidden.get(map);
            shapes.put(name + ".dense." + map + ".weight", new long[] {out, in});
            shapes.put(name + ".dense." + map + ".bias", new long[] {out});
            in = out;
        }
    }

    /** Which experts each token uses, and how much: both [tokens selected]. */
    private record Routes(Tensor chosen, Tensor weights) {}

    private static Tensor topK(Tensor scores, int selected) {
        return scores.detach().argsortDescending(1).narrow(1, 0, selected);
    }

    private static Tensor dense(MoeConfig config, Parameters parameters, String prefix, Tensor x, Tensor weights) {
        List<Tensor> terms = new ArrayList<>();
        for (int e = 0; e < config.experts(); e++) {
            Tensor output = expert(config, parameters, prefix + ".experts." + e, x); // [tokens residual]
            terms.add(output.multiply(weights.narrow(1, e, 1)));
        }
        return terms.stream().reduce(Tensor::add).orElseThrow();
    }

    private static Tensor selected(MoeConfig config, Parameters parameters, String prefix, Tensor x, Routes routes) {
        long slots = routes.chosen.length(1);
        Tensor chosen = routes.chosen.reshape(-1); // [tokens*selected]
        Tensor weights = routes.weights.reshape(-1, 1); // [tokens*selected 1]
        Tensor sum = Tensor.zeros(x.dtype(), x.shape()); // [tokens residual]
        for (int e = 0; e < config.experts(); e++) {
            Tensor slot = chosen.equalTo(e).nonZero(); // [used]
            if (slot.size() == 0) {
                continue;
            }
            Tensor token = slots == 1 ? slot : slot.floorDivide(slots); // [used]
            Tensor output = expert(config, parameters, prefix + ".experts." + e, x.indexSelect(0, token));
            sum = sum.indexAdd(0, token, output.multiply(weights.indexSelect(0, slot)));
        }
        return sum;
    }

    private static Tensor expert(MoeConfig config, Parameters parameters, String prefix, Tensor x) {
        return FeedForward.forward(
                parameters, prefix + ".dense", config.hidden().size() + 1, config.activation(), x);
    }
}

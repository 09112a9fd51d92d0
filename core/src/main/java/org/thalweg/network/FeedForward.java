package org.thalweg.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** A feed-forward network: linear maps with an activation between them, {@code prefix.i.weight} and {@code .bias}. */
public final class FeedForward {
    private FeedForward() {}

    /**
     * Runs the network.
     *
     * @param parameters holds {@code prefix.0 … prefix.(maps-1)}
     * @param prefix for example {@code vit.encoder.layer.0.moe.experts.2.dense}
     * @param maps number of linear maps, one more than hidden layers
     * @param activation between the maps
     * @param x [… residual]; not changed
     * @return [… residual]
     */
    public static Tensor forward(Parameters parameters, String prefix, int maps, Activation activation, Tensor x) {
        Tensor state = x;
        for (int map = 0; map < maps; map++) {
            Tensor weight = parameters.get(prefix + "." + map + ".weight"); // [out in]
            Tensor bias = parameters.get(prefix + "." + map + ".bias"); // [out]
            state = Functions.linear(map == 0 ? state : activation.apply(state), weight, Optional.of(bias));
        }
        return state;
    }

    /**
     * Random weights and biases, uniform in ±1/√(inputs of the map), PyTorch's default for linear maps.
     *
     * @param widths input width, hidden widths, output width
     * @param copies how many networks of these widths stand side by side as one wide network (at least 1); the range
     *     of each map is that of a single one
     * @param random where the numbers come from
     * @return tensors named {@code i.weight}, {@code i.bias}
     */
    public static Map<String, Tensor> initialise(List<Integer> widths, int copies, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int maps = widths.size() - 1;
        for (int map = 0; map < maps; map++) {
            long in = widths.get(map) * (map == 0 ? 1L : copies);
            long out = widths.get(map + 1) * (map == maps - 1 ? 1L : copies);
            double range = 1 / Math.sqrt(widths.get(map));
            tensors.put(map + ".weight", random.uniform(DType.FLOAT32, -range, range, out, in));
            tensors.put(map + ".bias", random.uniform(DType.FLOAT32, -range, range, out));
        }
        return tensors;
    }
}

package org.thalweg.network;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A plain feed-forward network: inputs [batch inputs] to outputs [batch classes] through linear maps
 * {@code fc.i.weight} [out in], {@code fc.i.bias} [out] with an activation between them. It changes neither parameters
 * nor input. Each map is a stage.
 *
 * @param config sizes
 */
public record Mlp(MlpConfig config) implements Network {
    private static final String PREFIX = "fc";

    @Override
    public int stages() {
        return config.maps();
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, int from, int to) {
        Tensor x = state;
        for (int map = from; map < to; map++) {
            String name = PREFIX + "." + map;
            x = Functions.linear(
                    map == 0 ? x : config.activation().apply(x),
                    parameters.get(name + ".weight"), Optional.of(parameters.get(name + ".bias")));
        }
        return x;
    }

    @Override
    public int stageOf(String name) {
        for (int map = 0; map < config.maps(); map++) {
            if (name.equals(PREFIX + "." + map + ".weight") || name.equals(PREFIX + "." + map + ".bias")) {
                return map;
            }
        }
        throw new IllegalArgumentException("no stage of this mlp reads a tensor '" + name + "'");
    }

    /**
     * Names and shapes of every tensor.
     *
     * @return a new map in the order of the stages
     */
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int map = 0; map < config.maps(); map++) {
            long out = config.sizes().get(map + 1);
            shapes.put(PREFIX + "." + map + ".weight", new long[] {out, config.sizes().get(map)});
            shapes.put(PREFIX + "." + map + ".bias", new long[] {out});
        }
        return shapes;
    }

    /**
     * Random weights and biases, uniform in ±1/√(inputs of the map).
     *
     * @param random where the numbers come from
     * @return every tensor of the network, float32
     */
    public Parameters initialise(Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        FeedForward.initialise(config.sizes(), 1, random)
                .forEach((name, tensor) -> tensors.put(PREFIX + "." + name, tensor));
        return Parameters.of(tensors);
    }
}

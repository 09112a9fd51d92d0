package org.thalweg.network;

import java.util.LinkedHashMap;
import java.util.List;
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
    public Map<String, DeclaredTensor> tensors() {
        Map<String, DeclaredTensor> tensors = new LinkedHashMap<>();
        for (int map = 0; map < config.maps(); map++) {
            long in = config.sizes().get(map);
            long out = config.sizes().get(map + 1);
            DeclaredTensor.Filling filling = new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(in));
            String name = PREFIX + "." + map;
            tensors.put(name + ".weight", new DeclaredTensor(name + ".weight", List.of(out, in), map, filling));
            tensors.put(name + ".bias", new DeclaredTensor(name + ".bias", List.of(out), map, filling));
        }
        return tensors;
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Vectors(config.sizes().getFirst(), config.sizes().getLast());
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.NONE;
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

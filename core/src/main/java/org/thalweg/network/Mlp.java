package org.thalweg.network;

import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A plain feed-forward network: inputs [batch inputs] to outputs [batch classes] through linear maps [out in] with
 * biases and a function between them. It changes neither parameters nor input. Each map is a stage.
 *
 * @param config sizes
 * @param names what the tensors are called
 */
public record Mlp(MlpConfig config, TensorNames names) implements Network {
    @Override
    public int stages() {
        return config.maps();
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        LayerTensors tensors = new LayerTensors(names, parameters, 0);
        for (int map = span.from(); map < span.to(); map++) {
            x = tensors.linear(Role.MAP, 0, map, true).apply(map == 0 ? x : config.activation().apply(x));
        }
        return x;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        TensorTable table = new TensorTable(names);
        for (int map = 0; map < config.maps(); map++) {
            table.at(map, 0);
            table.linear(Role.MAP, names.of(Role.MAP, 0, 0, map), config.sizes().get(map + 1),
                    config.sizes().get(map), true);
        }
        return table.tensors();
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
        tensors().forEach((name, tensor) -> {
            double range = 1 / Math.sqrt(config.sizes().get(tensor.stages().getFirst()));
            tensors.put(name, random.uniform(DType.FLOAT32, -range, range, tensor.lengths()));
        });
        return Parameters.of(tensors);
    }
}

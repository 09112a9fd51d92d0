package org.thalweg.network.residual;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Residual blocks on vectors: {@code x ← x + F(norm(x))} with a feed-forward network or experts as F, and a linear map
 * with bias from the stream to the outputs. The inputs [batch width] are the stream, so its basis is given. It changes
 * neither parameters nor inputs. Each block is a stage, the last map is one.
 *
 * @param config sizes
 * @param names what the tensors are called; a router that all layers share has one name
 */
public record ResidualNetwork(ResidualConfig config, TensorNames names) implements Network {
    @Override
    public int stages() {
        return config.blocks().size() + 1;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            LayerTensors layer = new LayerTensors(names, parameters, stage);
            x = stage == config.blocks().size()
                    ? layer.linear(Role.CLASSIFIER, true).apply(x)
                    : x.add(block(layer, layer.norm(Role.FEED_FORWARD_NORM, config.norm(), x), choice));
        }
        return x;
    }

    private Tensor block(LayerTensors layer, Tensor x, ExpertChoice choice) {
        return switch (config.blocks().get(layer.layer())) {
            case ResidualConfig.Block.Dense dense -> {
                Tensor up = layer.linear(Role.UP, dense.bias()).apply(x); // [batch hidden]
                Tensor hidden = dense.units().apply(up, () -> layer.linear(Role.GATE, dense.bias()).apply(x));
                yield layer.linear(Role.DOWN, dense.bias()).apply(hidden);
            }
            case ResidualConfig.Block.Sparse(MoeLayer moe, double factor) -> {
                Tensor output = moe.forward(layer, x, choice);
                yield factor == 1 ? output : output.multiply(factor);
            }
        };
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        TensorTable table = new TensorTable(names);
        for (int block = 0; block < config.blocks().size(); block++) {
            table.at(block, block);
            table.norm(Role.FEED_FORWARD_NORM, config.norm(), config.width());
            switch (config.blocks().get(block)) {
                case ResidualConfig.Block.Dense dense -> declare(table, dense);
                case ResidualConfig.Block.Sparse(MoeLayer moe, double _) -> moe.declare(table, config.width());
            }
        }
        table.at(config.blocks().size(), config.blocks().size());
        table.linear(Role.CLASSIFIER, config.outputs(), config.width(), true);
        return table.tensors();
    }

    private void declare(TensorTable table, ResidualConfig.Block.Dense dense) {
        if (dense.units().gated()) {
            table.linear(Role.GATE, dense.hidden(), config.width(), dense.bias());
        }
        table.linear(Role.UP, dense.hidden(), config.width(), dense.bias());
        table.linear(Role.DOWN, config.width(), dense.hidden(), dense.bias());
    }

    @Override
    public List<String> routers() {
        return IntStream.range(0, config.blocks().size())
                .filter(block -> config.blocks().get(block) instanceof ResidualConfig.Block.Sparse)
                .mapToObj(block -> names.of(Role.ROUTER, block))
                .distinct()
                .toList();
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Vectors(config.width(), config.outputs());
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return config.norm().centred() ? Normalisation.LAYER : Normalisation.RMS;
    }

    @Override
    public String stageName(int stage) {
        return stage == config.blocks().size() ? "outputs" : "block " + stage;
    }

    /**
     * Random weights and biases, uniform in ±1/√(inputs of the map); normalisations the identity.
     *
     * @param random where the numbers come from
     * @return every tensor of the network, float32
     */
    public Parameters initialise(Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors().forEach((name, tensor) -> tensors.put(name, switch (tensor.filling()) {
            case DeclaredTensor.Filling.Uniform(double range) ->
                random.uniform(DType.FLOAT32, -range, range, tensor.lengths());
            case DeclaredTensor.Filling.Normal(double mean, double _) ->
                Tensor.zeros(DType.FLOAT32, tensor.lengths()).add(mean);
        }));
        return Parameters.of(tensors);
    }
}

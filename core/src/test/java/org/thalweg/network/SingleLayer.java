package org.thalweg.network;

import java.util.Map;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** One Mixture-of-Experts layer under a prefix, run and drawn. */
public final class SingleLayer {
    private SingleLayer() {}

    /** Output of the layer for [tokens residual]. */
    public static Tensor forward(MoeConfig config, Parameters parameters, String prefix, Tensor x) {
        return config.layer(parameters.contains(prefix + ".gate.bias"))
                .forward(ModelArchitecture.layerTensors(parameters, prefix), x, ExpertChoice.FREE);
    }

    /** Router scores of the layer. */
    public static Tensor scores(MoeConfig config, Parameters parameters, String prefix, Tensor x) {
        return config.layer(parameters.contains(prefix + ".gate.bias"))
                .scores(ModelArchitecture.layerTensors(parameters, prefix), x);
    }

    /** Random tensors of the layer. */
    public static Parameters initialise(MoeConfig config, int residual, String prefix, Random random) {
        return config.initialise(
                ModelArchitecture.layerTensors(Parameters.of(Map.of()), prefix).names(), 0, residual, random);
    }
}

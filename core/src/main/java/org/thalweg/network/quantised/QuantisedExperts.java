package org.thalweg.network.quantised;

import java.util.Optional;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.network.moe.Experts;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/**
 * Experts whose hidden layers are maps of some precision between two normalisations: the inputs are normalised without
 * gain and rounded, the outputs normalised with gain and shift, cut at 0 and thinned by dropout. The last map is float.
 *
 * @param config sizes
 * @param areRounded whether the weights were rounded before and are taken as they are
 * @param dropout in training
 */
record QuantisedExperts(QuantisedConfig config, boolean areRounded, Dropout dropout) implements Experts.Own {
    /** So small that a factor of a map in front of a normalisation changes nothing. */
    private static final double EPSILON = 1e-15;
    private static final int LAST = 2;

    @Override
    public long outputs(long residual) {
        return config.outputs();
    }

    @Override
    public Tensor run(LayerTensors layer, int expert, Tensor x) {
        Precision precision = config.precisionOf(expert);
        LayerTensors own = new LayerTensors(layer.names(), layer.parameters(), config.classOf(expert));
        int place = config.placeOf(expert);
        Tensor state = x;
        for (int map = 0; map < LAST; map++) {
            String weight = own.names().of(Role.EXPERT_MAP, own.layer(), place, map);
            String gain = own.names().of(Role.EXPERT_NORM, own.layer(), place, map);
            Tensor latent = own.parameters().get(weight);
            Tensor sums = Functions.linear(
                    precision.inputs(normalised(state)),
                    areRounded ? latent : precision.weights(latent),
                    Optional.of(own.parameters().get(TensorNames.biasOf(weight)))); // [used width]
            Tensor units = Functions.relu(Functions.layerNorm(sums, own.parameters().get(gain),
                    own.parameters().get(TensorNames.biasOf(gain)), EPSILON));
            state = dropout.apply("expert " + expert + ", layer " + map, units);
        }
        return own.linear(Role.EXPERT_MAP, place, LAST, true).apply(state);
    }

    private static Tensor normalised(Tensor x) {
        return Functions.layerNorm(
                x, Tensor.ones(x.dtype(), x.length(1)), Tensor.zeros(x.dtype(), x.length(1)), EPSILON);
    }

    @Override
    public void declare(TensorTable table, int count, long residual) {
        for (int expert = 0; expert < count; expert++) {
            int layer = config.classOf(expert);
            int place = config.placeOf(expert);
            long in = residual;
            for (int map = 0; map <= LAST; map++) {
                long out = map == LAST ? config.outputs() : config.expertWidths().get(map);
                table.linear(Role.EXPERT_MAP, table.names().of(Role.EXPERT_MAP, layer, place, map), out, in, true);
                if (map < LAST) {
                    String gain = table.names().of(Role.EXPERT_NORM, layer, place, map);
                    table.put(gain, new DeclaredTensor.Filling.Normal(1, 0.1), out);
                    table.put(TensorNames.biasOf(gain), new DeclaredTensor.Filling.Normal(0, 0.1), out);
                }
                in = out;
            }
        }
    }
}

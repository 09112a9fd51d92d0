package org.thalweg.identifiability;

import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * An MoE layer inside a model.
 *
 * @param config its sizes and gate
 * @param parameters of the model; not changed
 * @param prefix of the layer's tensors, for example {@code vit.encoder.layer.0.moe}
 */
public record MoeFunction(MoeConfig config, Parameters parameters, String prefix) {
    /** The prefix of a layer that stands alone. */
    static final String ALONE = "moe";

    /** The layer on its own under the prefix {@code moe}, in float64. */
    MoeFunction alone(String which) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        parameters.asMap().forEach((name, tensor) -> {
            if (name.startsWith(prefix + ".")) {
                if (!tensor.isFinite()) {
                    throw new WorkFailure("the tensor '" + name + "' of the " + which
                            + " layer holds an infinite value or NaN; such a layer cannot be identified.");
                }
                tensors.put(ALONE + name.substring(prefix.length()), tensor.to(DType.FLOAT64));
            }
        });
        if (tensors.isEmpty()) {
            throw new WorkFailure("the " + which + " model has no tensors under '" + prefix
                    + ".'; name the prefix of an MoE layer.");
        }
        return new MoeFunction(config, Parameters.of(tensors), ALONE);
    }

    /** Width of the stream that the layer reads and writes. */
    int residual() {
        return (int) parameters.get(prefix + ".gate.weight").length(1);
    }

    /** The layer as a pure function of {@link #tensors}. */
    MoeLayer layer() {
        return config.layer(parameters.contains(prefix + ".gate.bias"));
    }

    LayerTensors tensors() {
        return ModelArchitecture.layerTensors(parameters, prefix);
    }

    Tensor forward(Tensor x) {
        return layer().forward(tensors(), x, ExpertChoice.FREE);
    }
}

package org.thalweg.network;

import java.util.Optional;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * One layer's tensors by role, whatever the family calls them.
 *
 * @param names of all tensors
 * @param parameters the model; not changed
 * @param layer counted from 0
 */
public record LayerTensors(TensorNames names, Parameters parameters, int layer) {
    /** Whether the family has tensors of a role. */
    public boolean has(Role role) {
        return names.has(role);
    }

    /** The tensor of a role as it is. */
    public Tensor get(Role role) {
        return parameters.get(names.of(role, layer));
    }

    /** Rows of the tensor of a role, by their numbers, an int64 vector. */
    public Tensor rows(Role role, Tensor numbers) {
        return parameters.rows(names.of(role, layer), numbers);
    }

    /**
     * The tensor of a role as it is stored, for a {@link Linear}.
     *
     * @param role of a weight
     * @return in a type that may be narrower than what is computed in
     */
    public Tensor stored(Role role) {
        return parameters.stored(names.of(role, layer));
    }

    /** A linear map of the layer. */
    public Linear linear(Role role, boolean bias) {
        return linear(role, 0, 0, bias);
    }

    /**
     * A linear map of an expert.
     *
     * @param role of its weight
     * @param expert counted from 0
     * @param map number of the map in the expert
     * @param bias whether it has a bias
     * @return the map, [out in] however it is stored
     */
    public Linear linear(Role role, int expert, int map, boolean bias) {
        String name = names.of(role, layer, expert, map);
        boolean turned = names.inputsFirst().contains(role);
        return new Linear(
                () -> turned ? parameters.stored(name).transpose(0, 1) : parameters.stored(name),
                bias ? Optional.of(() -> parameters.get(TensorNames.biasOf(name))) : Optional.empty());
    }

    /**
     * A normalisation.
     *
     * @param role of its gain
     * @param norm its kind
     * @param x [… length]; not changed
     * @return the same shape
     */
    public Tensor norm(Role role, Norm norm, Tensor x) {
        String name = names.of(role, layer);
        Tensor gain = norm.gainOffset() == 0 ? parameters.get(name) : parameters.get(name).add(norm.gainOffset());
        if (norm.centred()) {
            return Functions.layerNorm(x, gain, parameters.get(TensorNames.biasOf(name)), norm.epsilon());
        }
        Tensor scaled = Functions.rmsNorm(x, norm.epsilon()).multiply(gain);
        return norm.shifted() ? scaled.add(parameters.get(TensorNames.biasOf(name))) : scaled;
    }
}

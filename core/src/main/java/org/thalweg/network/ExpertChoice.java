package org.thalweg.network;

import org.thalweg.tensor.Tensor;

/**
 * Decides which experts each token uses. A comparison of two models records the choices of one and imposes them on the
 * other, so that a choice which rounding flipped is told from a fault.
 */
@FunctionalInterface
public interface ExpertChoice {
    /** Every layer's router decides. */
    ExpertChoice FREE = (layer, chosen) -> chosen;

    /**
     * Decides for one layer.
     *
     * @param layer name of the router's weight, for example {@code model.layers.0.mlp.gate.weight}
     * @param chosen [tokens selected] what the router chose, int64
     * @return [tokens selected] what is used; weights are the router's scores of these
     */
    Tensor decide(String layer, Tensor chosen);
}

package org.thalweg.network;

import org.thalweg.tensor.Tensor;

/**
 * Decides which experts each token uses. A comparison of two models records the choices of one and imposes them on the
 * other, so that a choice which rounding flipped is told from a fault. Merged models are judged by it, and their
 * routers recalibrated on what enters them.
 */
@FunctionalInterface
public interface ExpertChoice {
    /** Every layer's router decides. */
    ExpertChoice FREE = (layer, chosen) -> chosen;

    /**
     * Shown what enters a router, before its choice is decided; also where all experts are used and nothing is chosen.
     * Looks away unless implemented.
     *
     * @param layer name of the router's weight
     * @param entering [tokens residual]; not to be changed
     * @param isShiftFree whether a common shift of a token's scores changes nothing, as under a softmax; under a
     *     sigmoid each score counts by itself
     */
    default void look(String layer, Tensor entering, boolean isShiftFree) {
        // Most callers have no use for it.
    }

    /**
     * Changes a router's scores before experts are chosen and weighed by them, as a training does that adds noise.
     * Leaves them as they are unless implemented.
     *
     * @param layer name of the router's weight
     * @param scores [tokens experts]; not to be changed in place
     * @return [tokens experts]
     */
    default Tensor scored(String layer, Tensor scores) {
        return scores;
    }

    /**
     * Decides for one layer.
     *
     * @param layer name of the router's weight, for example {@code model.layers.0.mlp.gate.weight}
     * @param chosen [tokens selected] what the router chose, int64
     * @return [tokens used] what is used, of any number; weights are the router's scores of these
     */
    Tensor decide(String layer, Tensor chosen);
}

package org.thalweg.network;

import java.util.List;
import org.thalweg.failure.WrongUse;

/**
 * Sizes and kind of a Mixture-of-Experts layer.
 *
 * <p>Tensors of a layer with prefix {@code p}: {@code p.gate.weight} [experts residual], {@code p.gate.bias}
 * [experts]; for expert {@code e} and linear map {@code i}: {@code p.experts.e.dense.i.weight} [out in], {@code
 * p.experts.e.dense.i.bias} [out], where map 0 reads the residual and the last map writes it; with shared experts
 * also {@code p.shared_experts.dense.i.weight} and {@code .bias}, one network of {@code shared} times the hidden
 * width.
 *
 * @param experts routed experts, n
 * @param gating how they are weighed
 * @param hidden widths of the hidden layers of one expert, first to last; at least one
 * @param activation between the linear maps
 */
public record MoeConfig(int experts, Gating gating, List<Integer> hidden, Activation activation) {
    /** Refuses sizes that make no layer. */
    public MoeConfig {
        hidden = List.copyOf(hidden);
        if (experts < 1) {
            throw new WrongUse("an MoE layer has at least 1 expert, not " + experts + ".");
        }
        int selected = gating.selectedOf(experts);
        if (selected < 1 || selected > experts) {
            throw new WrongUse("the gate selects k = " + selected + " of " + experts
                    + " experts; choose k between 1 and the number of experts.");
        }
        if (hidden.isEmpty() || hidden.stream().anyMatch(width -> width < 1)) {
            throw new WrongUse("an expert has one or more hidden layers of at least 1 unit, not " + hidden + ".");
        }
        if (gating.sharedExperts() < 0) {
            throw new WrongUse("the number of shared experts is 0 or more, not " + gating.sharedExperts() + ".");
        }
        if (gating.sharedExperts() > 1 && hidden.size() > 1) {
            throw new WrongUse("several shared experts are one wide network only with one hidden layer; use s = 1 or "
                    + "one hidden layer instead of " + hidden + ".");
        }
    }
}

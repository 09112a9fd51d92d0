package org.thalweg.network.decoder;

import java.util.Optional;

/**
 * The experts of a sparse layer.
 *
 * @param count routed experts
 * @param width hidden units of each
 * @param units their non-linearity
 * @param bias whether router and experts have biases
 * @param router how tokens choose
 * @param shared experts that every token uses, if any
 */
public record Experts(
        int count, int width, HiddenUnits units, boolean bias, Router router, Optional<Shared> shared) {
    /**
     * Shared experts, stored as one feed-forward network.
     *
     * @param width its hidden units
     * @param weighed whether the sigmoid of a linear function of the input multiplies its output (Qwen2-MoE)
     */
    public record Shared(int width, boolean weighed) {}
}

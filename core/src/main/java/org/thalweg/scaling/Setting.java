package org.thalweg.scaling;

import java.util.Optional;
import org.thalweg.failure.WrongUse;

/**
 * A model with a Mixture of Experts and the compute of its training: where the law of leverage is asked.
 *
 * @param activation A: active experts over all experts, shared ones counted in both; above 0, and 1 for a dense model
 * @param granularity G: twice the model's width over an expert's; above 0
 * @param compute C: FLOPs of one forward pass of all training tokens; above 0
 */
public record Setting(double activation, double granularity, double compute) {
    /** Larger numbers mean nothing, and products with them could leave the finite ones. */
    static final double LARGEST = 1e100;

    /**
     * Checks the three.
     *
     * @throws WrongUse when one is not in its range, or no number
     */
    public Setting {
        refusal(activation, granularity, compute).ifPresent(why -> {
            throw new WrongUse(why + ".");
        });
    }

    /**
     * Whether the experts are all active: then there is nothing to choose, and the model is the dense one.
     *
     * @return true when the activation ratio is 1
     */
    public boolean isDense() {
        return activation == 1;
    }

    /** What is wrong with three numbers, as a sentence without a full stop. */
    static Optional<String> refusal(double activation, double granularity, double compute) {
        if (!(activation > 0 && activation <= 1)) {
            return Optional.of("activation is " + activation + ", expected a fraction above 0 and at most 1, such as "
                    + "0.031 for 3.1 %");
        }
        return refusal("granularity", granularity, "a number above 0, twice the model's width over an expert's")
                .or(() -> refusal("compute", compute, "FLOPs above 0, such as 1e22"));
    }

    /** What is wrong with a number that must be positive. */
    static Optional<String> refusal(String name, double value, String expected) {
        return value > 0 && value <= LARGEST
                ? Optional.empty() : Optional.of(name + " is " + value + ", expected " + expected);
    }

    static double requireCompute(double compute) {
        refusal("compute", compute, "FLOPs above 0, such as 1e22").ifPresent(why -> {
            throw new WrongUse(why + ".");
        });
        return compute;
    }
}

package org.thalweg.merging;

import java.util.Arrays;
import org.thalweg.failure.WrongUse;

/** The weights of models whose tensors are averaged. */
final class Weights {
    /** A sum that small beside the magnitudes of its terms is 0 but for rounding. */
    private static final double CANCELLED = 1e-12;

    private Weights() {}

    /** The parameter. */
    static MergeParameter parameter() {
        return MergeParameter.required("weight", MergeParameter.Scope.MODEL, "weight of the model, any number");
    }

    /**
     * Weights divided by their sum.
     *
     * @param values with {@code weight} of each model
     * @return numbers that sum to 1
     * @throws WrongUse when they sum to 0
     */
    static double[] shares(MergeValues values) {
        double[] weights = values.reals("weight");
        double sum = Arrays.stream(weights).sum();
        if (Math.abs(sum) <= CANCELLED * Arrays.stream(weights).map(Math::abs).sum()) {
            throw new WrongUse("the weights " + Arrays.toString(weights)
                    + " sum to 0 and cannot be divided by their sum; change one or do not normalise.");
        }
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }
}

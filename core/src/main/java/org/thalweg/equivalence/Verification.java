package org.thalweg.equivalence;

import org.thalweg.failure.WorkFailure;

/**
 * What a comparison of two models' outputs found. It samples inputs, so it can show that two models differ but not that
 * they are equal everywhere.
 *
 * @param maxAbsDifference largest difference between two outputs; NaN when an output is not finite or shapes differ
 * @param largestOutput largest output of the first model
 * @param outputs how many numbers were compared
 * @param tolerance largest difference allowed, in units of the largest output
 */
public record Verification(double maxAbsDifference, double largestOutput, long outputs, double tolerance) {
    /**
     * The largest difference divided by the largest output of the first model.
     *
     * @return a number that is not finite when an output is not, or when all outputs of the first model are 0
     */
    public double maxRelDifference() {
        return maxAbsDifference / largestOutput;
    }

    /**
     * Whether every output agreed within the tolerance. Outputs that are all 0, or not finite, never do.
     *
     * @return false also when nothing was compared
     */
    public boolean verified() {
        return outputs > 0 && maxRelDifference() <= tolerance;
    }

    /**
     * Requires that the outputs agreed.
     *
     * @return this verification
     * @throws WorkFailure when the outputs did not agree
     */
    public Verification requireVerified() {
        if (!verified()) {
            throw new WorkFailure("the moved model is not the same function: " + found() + "; nothing was written.");
        }
        return this;
    }

    /**
     * What was found where outputs did not agree.
     *
     * @return the end of a sentence, without a full stop
     */
    public String found() {
        return maxAbsDifference == 0 && largestOutput == 0 ? "all outputs of both are 0, which shows nothing"
                : Double.isNaN(maxAbsDifference) ? "an output is not finite"
                : "its outputs differ by up to " + maxAbsDifference + " (" + maxRelDifference()
                        + " of the largest output) over " + outputs + " outputs where " + tolerance + " is allowed";
    }
}

package org.thalweg.equivalence;

import org.thalweg.failure.WorkFailure;

/**
 * What a comparison of two models' outputs found.
 *
 * @param maxAbsDifference largest difference between two outputs; NaN when an output is not finite or shapes differ
 * @param maxRelDifference that difference divided by the largest output of the model before
 * @param outputs how many numbers were compared
 * @param tolerance largest difference allowed, in units of the largest output or of 1, whichever is larger
 * @param verified whether every output agreed within the tolerance
 */
public record Proof(
        double maxAbsDifference, double maxRelDifference, long outputs, double tolerance, boolean verified) {
    /**
     * Insists.
     *
     * @return this proof
     * @throws WorkFailure when the outputs did not agree
     */
    public Proof requireVerified() {
        if (!verified) {
            throw new WorkFailure("the aligned model is not the same function: its outputs differ by up to "
                    + maxAbsDifference + " (" + maxRelDifference + " of the largest output) over " + outputs
                    + " outputs where " + tolerance + " is allowed; nothing was written.");
        }
        return this;
    }
}

package org.thalweg.training;

import org.thalweg.tensor.Parameters;

/** How a training ended. */
public sealed interface TrainingOutcome {
    /**
     * It ran to its end.
     *
     * @param parameters the trained model, owned by the enclosing scope
     * @param loss mean training loss of the last epoch, nats
     */
    record Trained(Parameters parameters, double loss) implements TrainingOutcome {}

    /**
     * The loss or a weight stopped being a finite number, or the loss ended worse than twice that of a blind guess.
     *
     * @param reason which, and at what step, as part of a sentence
     */
    record Diverged(String reason) implements TrainingOutcome {}
}

package org.thalweg.training;

import java.util.Optional;
import org.thalweg.tensor.Parameters;

/** How a training ended. */
public sealed interface TrainingOutcome {
    /**
     * It ran to its end, or until held-out examples were answered no better for long enough.
     *
     * @param parameters the trained model, owned by the enclosing scope; the best one where that was watched
     * @param loss mean training loss of the last epoch, nats, up to its last step
     * @param best which model it is, where the best was kept
     */
    record Trained(Parameters parameters, double loss, Optional<Best> best) implements TrainingOutcome {}

    /**
     * The model with the lowest loss on held-out examples.
     *
     * @param step after which it was found
     * @param loss its loss on the held-out examples, nats
     */
    record Best(long step, double loss) {}

    /**
     * The loss or a weight stopped being a finite number, or the loss ended worse than twice that of a blind guess.
     *
     * @param reason which, and at what step, as part of a sentence
     */
    record Diverged(String reason) implements TrainingOutcome {}
}

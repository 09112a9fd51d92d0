package org.thalweg.training;

import org.thalweg.connectivity.Examples;

/**
 * Held-out examples that decide which of the models of a training is kept, and when it ends. The kept one is that with
 * the lowest loss on them; the training ends when so many looks in turn found no better one.
 *
 * @param heldOut not among those trained on; never the ones that results are measured on
 * @param every steps from one look to the next; there is one after the last step too
 * @param patience looks without a better model after which the training ends
 * @param batch held-out examples run at once
 */
public record EarlyStopping(Examples heldOut, long every, int patience, int batch) {
    /** Refuses numbers below 1 and an empty set. */
    public EarlyStopping {
        if (every < 1 || patience < 1 || batch < 1 || heldOut.size() == 0) {
            throw new IllegalArgumentException("looking every " + every + " steps at " + heldOut.size()
                    + " examples in batches of " + batch + " with patience " + patience + " stops nothing");
        }
    }
}

package org.thalweg.connectivity;

import java.util.Optional;

/**
 * What is measured along one path: the loss always, the accuracy where the task has one. Two curves rather than one
 * record of two arrays, so that everything said about a curve (barrier, area) is written once and an unknown accuracy
 * is absent rather than empty.
 *
 * @param loss mean cross-entropy in nats
 * @param accuracy the fraction of right answers, in [0, 1], on the loss's grid; absent when the task has none
 */
public record LossAndAccuracy(Curve loss, Optional<Curve> accuracy) {
    /** Refuses curves on different grids and accuracies outside [0, 1]. */
    public LossAndAccuracy {
        if (accuracy.isPresent()) {
            Curve curve = accuracy.get();
            if (!curve.grid().equals(loss.grid())) {
                throw new IllegalArgumentException("loss and accuracy must be measured on the same grid");
            }
            for (int i = 0; i < curve.grid().points(); i++) {
                if (curve.at(i) < 0 || curve.at(i) > 1) {
                    throw new IllegalArgumentException("an accuracy is a fraction from 0 to 1, found " + curve.at(i)
                            + " at t = " + curve.grid().at(i));
                }
            }
        }
    }

    /**
     * Where both were measured.
     *
     * @return the grid
     */
    public Grid grid() {
        return loss.grid();
    }

    /**
     * The barrier of the loss, for which lower is better.
     *
     * @return the barrier in nats
     */
    public Barrier lossBarrier() {
        return Barrier.of(loss, Better.LOWER);
    }

    /**
     * The barrier of the accuracy, for which higher is better.
     *
     * @return the barrier as a fraction, absent when there is no accuracy
     */
    public Optional<Barrier> accuracyBarrier() {
        return accuracy.map(curve -> Barrier.of(curve, Better.HIGHER));
    }
}

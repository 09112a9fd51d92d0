package org.thalweg.training;

import java.util.Arrays;
import java.util.Optional;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Random;

/**
 * Examples as a training takes them.
 *
 * @param train what is trained on
 * @param heldOut what it never sees, by which it may be ended
 */
public record TrainingExamples(Examples train, Optional<Examples> heldOut) {
    /**
     * Examples split at random, those to be trained on changed.
     *
     * @param all of them
     * @param augmentation how those are changed that are trained on
     * @param share of the examples that is held out, below 1; 0 for none, else at least one example is
     * @param seed decides which
     * @return both parts
     * @throws WrongUse when examples are to be changed that are not images as their set has them
     */
    public static TrainingExamples of(Examples all, Augmentation augmentation, double share, long seed) {
        Examples seen = augmentation.equals(Augmentation.NONE) ? all : changed(all, augmentation);
        if (share == 0) {
            return new TrainingExamples(seen, Optional.empty());
        }
        int[] order = Random.seeded(seed).permutation(all.size());
        int count = Math.max(1, (int) (share * order.length));
        return new TrainingExamples(new SomeExamples(seen, Arrays.copyOfRange(order, count, order.length)),
                Optional.of(new SomeExamples(all, Arrays.copyOf(order, count))));
    }

    private static Examples changed(Examples all, Augmentation augmentation) {
        if (all instanceof ImageExamples images) {
            return new AugmentedImages(images, augmentation);
        }
        throw new WrongUse("crop, flip and jitter change images as their data set has them, and these examples are "
                + "others; remove the keys.");
    }
}

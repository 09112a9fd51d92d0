package org.thalweg.training;

import java.util.Arrays;
import java.util.Optional;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Random;

/**
 * Examples as a training takes them.
 *
 * @param train what is trained on
 * @param heldOut what it never sees, by which it may be ended
 */
public record TrainingExamples(Examples train, Optional<Examples> heldOut) {
    /**
     * Images split at random, those to be trained on changed.
     *
     * @param images all of them
     * @param augmentation how those are changed that are trained on
     * @param share of the images that is held out, below 1; 0 for none, else at least one image is
     * @param seed decides which
     * @return both parts
     */
    public static TrainingExamples of(ImageExamples images, Augmentation augmentation, double share, long seed) {
        Examples seen = augmentation.equals(Augmentation.NONE) ? images : new AugmentedImages(images, augmentation);
        if (share == 0) {
            return new TrainingExamples(seen, Optional.empty());
        }
        int[] order = Random.seeded(seed).permutation(images.size());
        int count = Math.max(1, (int) (share * order.length));
        return new TrainingExamples(new SomeExamples(seen, Arrays.copyOfRange(order, count, order.length)),
                Optional.of(new SomeExamples(images, Arrays.copyOf(order, count))));
    }
}

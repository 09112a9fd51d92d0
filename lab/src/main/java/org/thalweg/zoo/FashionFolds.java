package org.thalweg.zoo;

import org.thalweg.connectivity.Examples;
import org.thalweg.data.EmbeddedFashionMnist;
import org.thalweg.data.ImageData;
import org.thalweg.training.Augmentation;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;
import org.thalweg.training.TrainingExamples;

/**
 * The part of Fashion-MNIST that comes with Thalweg, in folds: each leaves out another fifth of the training images
 * at random, and all are measured on the same test images.
 *
 * @param train all training images
 * @param test what no training sees
 */
record FashionFolds(Examples train, Examples test) {
    /** Training images of a fold. */
    static final int SIZE = 8_000;
    private static final double LEFT_OUT = 0.2;

    /** Reads the images, shifted and scaled by mean and deviation of the training images. */
    static FashionFolds load() {
        ImageData data = new EmbeddedFashionMnist().load();
        Standardisation constants = Standardisation.of(data.train());
        return new FashionFolds(new ImageExamples(data.train(), constants), new ImageExamples(data.test(), constants));
    }

    /**
     * Four fifths of the training images.
     *
     * @param seed decides which
     * @return a view of them
     */
    Examples fold(long seed) {
        return TrainingExamples.of(train, Augmentation.NONE, LEFT_OUT, seed).train();
    }
}

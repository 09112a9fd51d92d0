package org.thalweg.data;

/**
 * A data set as a study uses it: what is trained on, what is measured on, and where both come from.
 *
 * @param name the data set's name, as a study file writes it
 * @param train the training images
 * @param test the test images, of the same shape and classes
 * @param provenance origin, licence and known alterations, in words for a report
 */
public record ImageData(String name, ImageSet train, ImageSet test, String provenance) {
    /** Refuses a pair of splits that do not belong together. */
    public ImageData {
        if (!train.shape().equals(test.shape()) || !train.classNames().equals(test.classNames())) {
            throw new IllegalArgumentException("the splits of " + name + " differ in shape or classes: train "
                    + train.shape() + " with " + train.classes() + " classes, test " + test.shape() + " with "
                    + test.classes());
        }
    }
}

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

    /**
     * The same images brought to a square.
     *
     * @param side of the square, pixels
     * @return sets that share the memory of these; this when the images have that size
     */
    public ImageData resized(int side) {
        if (train.shape().height() == side && train.shape().width() == side) {
            return this;
        }
        return new ImageData(name, train.resized(side, side), test.resized(side, side), provenance
                + "; brought from " + train.shape() + " to " + side + " x " + side + " pixels with an antialiased "
                + "bilinear filter");
    }
}

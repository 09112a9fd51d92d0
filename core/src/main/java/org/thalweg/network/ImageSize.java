package org.thalweg.network;

import org.thalweg.failure.WrongUse;

/**
 * Sizes of an image.
 *
 * @param channels colour channels
 * @param height pixels
 * @param width pixels
 */
public record ImageSize(int channels, int height, int width) {
    /** Refuses images without pixels. */
    public ImageSize {
        if (channels < 1 || height < 1 || width < 1) {
            throw new WrongUse("an image has at least one channel, row and column, not " + channels + ", " + height
                    + " and " + width + ".");
        }
    }
}

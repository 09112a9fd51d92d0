package org.thalweg.data;

import org.thalweg.failure.WrongUse;

/**
 * The shape of every image in a set, {@code [channels height width]}.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 * @param height rows
 * @param width columns
 */
public record ImageShape(int channels, int height, int width) {
    /** Pixels at most of a side. */
    public static final int LARGEST_SIDE = 1 << 14;

    /**
     * Refuses a shape no image has.
     *
     * @throws WrongUse when there are not 1 to 4 channels or a side is not in 1 to 16,384 pixels
     */
    public ImageShape {
        if (channels < 1 || channels > 4 || height < 1 || width < 1 || height > LARGEST_SIDE || width > LARGEST_SIDE) {
            throw new WrongUse("an image shape has 1 to 4 channels and sides of 1 to " + LARGEST_SIDE
                    + " pixels, not " + channels + " x " + height + " x " + width + ".");
        }
    }

    /**
     * The number of values in one image.
     *
     * @return {@code channels * height * width}
     */
    public int pixels() {
        return channels * height * width;
    }

    @Override
    public String toString() {
        return channels + " x " + height + " x " + width;
    }
}

package org.thalweg.training;

import java.io.Serializable;
import java.util.random.RandomGenerator;
import org.thalweg.data.ImageShape;

/**
 * How images are changed at random each time a training sees them.
 *
 * @param padding pixels of black put around the image, from which one of the old size is cut out at a random place
 * @param flip whether half of the images are mirrored left to right
 * @param jitter how far brightness, contrast and saturation vary: each is multiplied by a number in 1 ± jitter, in this
 *     order; saturation only where there are three channels
 */
public record Augmentation(int padding, boolean flip, double jitter) implements Serializable {
    /** Weights of red, green and blue in the grey of a pixel (ITU-R BT.601). */
    private static final float[] GREY = {0.299f, 0.587f, 0.114f};

    /** Leaves images alone. */
    public static final Augmentation NONE = new Augmentation(0, false, 0);

    /** Refuses numbers out of range. */
    public Augmentation {
        if (padding < 0 || !(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException("padding " + padding + " and jitter " + jitter + " change no image");
        }
    }

    /**
     * Changes one image in place.
     *
     * @param image [channels height width] flattened, values in [0, 1]; changed
     * @param shape of the image
     * @param random decides
     */
    void apply(float[] image, ImageShape shape, RandomGenerator random) {
        if (padding > 0) {
            crop(image, shape, random.nextInt(2 * padding + 1) - padding, random.nextInt(2 * padding + 1) - padding);
        }
        if (flip && random.nextBoolean()) {
            mirror(image, shape);
        }
        if (jitter > 0) {
            jitter(image, shape, random);
        }
    }

    private static void crop(float[] image, ImageShape shape, int down, int right) {
        float[] source = image.clone();
        int height = shape.height();
        int width = shape.width();
        for (int place = 0; place < image.length; place++) {
            int column = place % width + right;
            int row = place / width % height + down;
            boolean inside = column >= 0 && column < width && row >= 0 && row < height;
            image[place] = inside ? source[place + down * width + right] : 0;
        }
    }

    private static void mirror(float[] image, ImageShape shape) {
        int width = shape.width();
        for (int start = 0; start < image.length; start += width) {
            for (int left = start, right = start + width - 1; left < right; left++, right--) {
                float value = image[left];
                image[left] = image[right];
                image[right] = value;
            }
        }
    }

    private void jitter(float[] image, ImageShape shape, RandomGenerator random) {
        int plane = shape.height() * shape.width();
        mix(image, factor(random), _ -> 0);
        double sum = 0;
        for (int pixel = 0; pixel < plane; pixel++) {
            sum += grey(image, pixel, plane);
        }
        float mean = (float) (sum / plane);
        mix(image, factor(random), _ -> mean);
        if (shape.channels() == GREY.length) {
            float[] grey = new float[plane];
            for (int pixel = 0; pixel < plane; pixel++) {
                grey[pixel] = grey(image, pixel, plane);
            }
            mix(image, factor(random), place -> grey[place % plane]);
        }
    }

    private float factor(RandomGenerator random) {
        return (float) (1 + jitter * (2 * random.nextDouble() - 1));
    }

    /** What an image is mixed with, place by place. */
    @FunctionalInterface
    private interface Other {
        float at(int place);
    }

    private static void mix(float[] image, float weight, Other other) {
        for (int place = 0; place < image.length; place++) {
            float mixed = weight * image[place] + (1 - weight) * other.at(place);
            image[place] = Math.clamp(mixed, 0f, 1f);
        }
    }

    private static float grey(float[] image, int pixel, int plane) {
        if (image.length != GREY.length * plane) {
            return image[pixel];
        }
        return GREY[0] * image[pixel] + GREY[1] * image[pixel + plane] + GREY[2] * image[pixel + 2 * plane];
    }
}

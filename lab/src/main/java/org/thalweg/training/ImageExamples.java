package org.thalweg.training;

import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.tensor.Tensor;

/**
 * Images as network input: each channel shifted and scaled by the training set's mean and deviation.
 *
 * @param images the images
 * @param standardisation the constants, from the training set
 */
public record ImageExamples(ImageSet images, Standardisation standardisation) implements Examples {
    private static final int MOST_AT_ONCE = 500;
    private static final int VALUES_AT_ONCE = 1 << 23;

    /**
     * How many images a network runs on at once when it is evaluated.
     *
     * @param shape of each
     * @return 500, fewer where these have more than 2^23 values
     */
    public static int atOnce(ImageShape shape) {
        return Math.clamp(VALUES_AT_ONCE / shape.pixels(), 1, MOST_AT_ONCE);
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int classes() {
        return images.classes();
    }

    /**
     * Some of the images.
     *
     * @param indices which, in order
     * @return [batch channels height width], float32
     */
    @Override
    public Tensor inputs(int[] indices) {
        int pixels = images.shape().pixels();
        float[] values = images.roomFor(indices.length);
        images.forEachOf(indices.length, i -> images.copyPixels(indices[i], values, i * pixels));
        standardisation.apply(values, pixels / images.shape().channels());
        return Tensor.of(
                values,
                indices.length,
                images.shape().channels(),
                images.shape().height(),
                images.shape().width());
    }

    /**
     * Classes of some of the images.
     *
     * @param indices which, in order
     * @return [batch], int64
     */
    @Override
    public Tensor labels(int[] indices) {
        return Tensor.indices(IntStream.of(indices).map(images::label).toArray());
    }
}

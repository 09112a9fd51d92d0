package org.thalweg.training;

import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageSet;
import org.thalweg.tensor.Tensor;

/**
 * Images as network input: each channel shifted and scaled by the training set's mean and deviation.
 *
 * @param images the images
 * @param standardisation the constants, from the training set
 */
public record ImageExamples(ImageSet images, Standardisation standardisation) implements Examples {
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
        float[] values = new float[indices.length * pixels];
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

package org.thalweg.training;

import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageSet;
import org.thalweg.tensor.Tensor;

/**
 * Images brought to another size whenever they are asked for, so that memory holds them as they are.
 *
 * @param images the images
 * @param height rows they are brought to
 * @param width columns they are brought to
 * @param standardisation the constants of the network they are for
 */
public record ResizedImages(ImageSet images, int height, int width, Standardisation standardisation)
        implements Examples {
    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int classes() {
        return images.classes();
    }

    /**
     * Some of the images, made on all processors; the result does not depend on their number.
     *
     * @param indices which, in order
     * @return [batch channels height width], float32
     */
    @Override
    public Tensor inputs(int[] indices) {
        int channels = images.shape().channels();
        int plane = height * width;
        float[] values = new float[indices.length * channels * plane];
        IntStream.range(0, indices.length).parallel().forEach(i ->
                images.copyResized(indices[i], height, width, values, i * channels * plane));
        standardisation.apply(values, plane);
        return Tensor.of(values, indices.length, channels, height, width);
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

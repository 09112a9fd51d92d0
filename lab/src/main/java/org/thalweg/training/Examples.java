package org.thalweg.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.data.ImageSet;
import org.thalweg.tensor.Tensor;

/**
 * Images as network input: each channel shifted and scaled by the training set's mean and deviation.
 *
 * @param images the images
 * @param standardisation the constants, from the training set
 */
public record Examples(ImageSet images, Standardisation standardisation) {
    /**
     * How many there are.
     *
     * @return examples
     */
    public int size() {
        return images.size();
    }

    /**
     * Some of the images.
     *
     * @param indices which, in order
     * @return [batch channels height width], float32
     */
    public Tensor inputs(int[] indices) {
        int pixels = images.shape().pixels();
        float[] values = new float[indices.length * pixels];
        for (int i = 0; i < indices.length; i++) {
            images.copyPixels(indices[i], values, i * pixels);
        }
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
    public Tensor labels(int[] indices) {
        return Tensor.indices(IntStream.of(indices).map(images::label).toArray());
    }

    /**
     * All images in batches, in order, for evaluation.
     *
     * @param batch examples of a batch
     * @return the batches, owned by the enclosing scope
     */
    public List<EvaluationSet.Batch> inOrder(int batch) {
        List<EvaluationSet.Batch> batches = new ArrayList<>();
        for (int start = 0; start < size(); start += batch) {
            int[] indices = IntStream.range(start, Math.min(size(), start + batch)).toArray();
            batches.add(new EvaluationSet.Batch(inputs(indices), labels(indices)));
        }
        return batches;
    }
}

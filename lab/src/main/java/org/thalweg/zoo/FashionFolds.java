package org.thalweg.zoo;

import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.EmbeddedFashionMnist;
import org.thalweg.data.ImageData;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.Augmentation;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;
import org.thalweg.training.TrainingExamples;

/**
 * The part of Fashion-MNIST that comes with Thalweg, in folds: each leaves out another fifth of the training images
 * at random, and all are measured on the same test images. Each pixel is a feature with mean 0 and deviation 1 over the
 * training images, as the authors scale theirs.
 *
 * @param train all training images
 * @param test what no training sees
 */
record FashionFolds(Examples train, Examples test) {
    /** Training images of a fold. */
    static final int SIZE = 8_000;
    private static final double LEFT_OUT = 0.2;
    /** Of the deviation of all pixels: what that of a pixel counts as which hardly ever changes. */
    private static final double LEAST_DEVIATION = 0.1;

    /** Reads the images. */
    static FashionFolds load() {
        ImageData data = new EmbeddedFashionMnist().load();
        Standardisation ofAll = Standardisation.of(data.train());
        Examples train = new ImageExamples(data.train(), ofAll);
        try (Scope scope = Scope.open()) {
            Tensor all = train.inputs(IntStream.range(0, train.size()).toArray());
            Tensor mean = all.mean(0, true);
            Tensor off = all.subtract(mean);
            float[] deviation = Functions.clamp(
                    off.multiply(off).mean(0, true).sqrt(), LEAST_DEVIATION, Double.POSITIVE_INFINITY).toFloats();
            return new FashionFolds(new Scaled(train, mean.toFloats(), deviation),
                    new Scaled(new ImageExamples(data.test(), ofAll), mean.toFloats(), deviation));
        }
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

    /** Images [images pixels] with mean and deviation of each pixel. */
    private record Scaled(Examples images, float[] mean, float[] deviation) implements Examples {
        @Override
        public int size() {
            return images.size();
        }

        @Override
        public int classes() {
            return images.classes();
        }

        @Override
        public Tensor inputs(int[] indices) {
            return images.inputs(indices).reshape(indices.length, -1)
                    .subtract(Tensor.of(mean, 1, mean.length)).divide(Tensor.of(deviation, 1, mean.length));
        }

        @Override
        public Tensor labels(int[] indices) {
            return images.labels(indices);
        }
    }
}

package org.thalweg.training;

import java.util.SplittableRandom;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageShape;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Images that a training sees changed at random: what becomes of one depends on the epoch's seed and the image's number
 * alone. Otherwise they are as they are.
 *
 * @param examples the images
 * @param augmentation how they are changed
 */
public record AugmentedImages(ImageExamples examples, Augmentation augmentation) implements Examples {
    @Override
    public int size() {
        return examples.size();
    }

    @Override
    public int classes() {
        return examples.classes();
    }

    @Override
    public Examples seenWith(long seed) {
        return new Changed(this, seed);
    }

    @Override
    public Tensor inputs(int[] indices) {
        return examples.inputs(indices);
    }

    @Override
    public Tensor labels(int[] indices) {
        return examples.labels(indices);
    }

    /** The images as one epoch sees them. */
    private record Changed(AugmentedImages images, long seed) implements Examples {
        @Override
        public int size() {
            return images.size();
        }

        @Override
        public int classes() {
            return images.classes();
        }

        @Override
        public Tensor labels(int[] indices) {
            return images.labels(indices);
        }

        @Override
        public Tensor inputs(int[] indices) {
            ImageExamples plain = images.examples;
            ImageShape shape = plain.images().shape();
            int pixels = shape.pixels();
            float[] values = plain.images().roomFor(indices.length);
            plain.images().forEachOf(indices.length, i -> {
                float[] image = new float[pixels];
                plain.images().copyPixels(indices[i], image, 0);
                // Java's own generator: the tensor library's takes longer to start than an image to change.
                images.augmentation.apply(image, shape, new SplittableRandom(Random.childSeed(seed, "" + indices[i])));
                System.arraycopy(image, 0, values, i * pixels, pixels);
            });
            plain.standardisation().apply(values, pixels / shape.channels());
            return Tensor.of(values, indices.length, shape.channels(), shape.height(), shape.width());
        }
    }
}

package org.thalweg.training;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.VitConfig;

/** Small images that a small network learns: each class is bright in its own rows, the rest is noise. */
public final class ToyImages {
    /** Shape of every image. */
    public static final ImageShape SHAPE = new ImageShape(1, 8, 8);

    private static final int CLASSES = 4;

    private ToyImages() {}

    /** Training and test images of 4 classes. */
    public static ImageData of(int trainPerClass, int testPerClass) {
        return new ImageData("toy", set("toy train", trainPerClass, 1), set("toy test", testPerClass, 2), "made here");
    }

    /** Images of 4 classes in turn. */
    public static ImageSet set(String name, int perClass, long seed) {
        Random random = new Random(seed);
        int[] labels = IntStream.range(0, perClass * CLASSES).map(image -> image % CLASSES).toArray();
        byte[] pixels = new byte[labels.length * SHAPE.pixels()];
        for (int i = 0; i < pixels.length; i++) {
            int row = i % SHAPE.pixels() / SHAPE.width();
            boolean bright = row / 2 == labels[i / SHAPE.pixels()];
            pixels[i] = (byte) (bright ? 100 + random.nextInt(156) : random.nextInt(120));
        }
        return ImageSet.wrap(name, SHAPE, List.of("a", "b", "c", "d"), labels, pixels);
    }

    /** Training examples. */
    public static ImageExamples examples(int perClass) {
        ImageSet images = set("toy train", perClass, 1);
        return new ImageExamples(images, Standardisation.of(images));
    }

    /** Sizes of a network for these images. */
    public static VitConfig network(int layers) {
        return new VitConfig(new ImageSize(1, 8, 8), 4, 8, 2, layers, 16, CLASSES, java.util.Optional.empty());
    }
}

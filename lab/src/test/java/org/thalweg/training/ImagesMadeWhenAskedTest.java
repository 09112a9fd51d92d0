package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.tensor.Scope;

/** Examples whose images are made when they are asked for, against the same images in memory. */
class ImagesMadeWhenAskedTest {
    private static final int[] SOME = {11, 3, 3, 0, 7, 8, 2};

    private final ImageSet asked = ToyImages.set("toy", 4, 5).resized(12, 10);
    private final ImageSet held = held(asked);

    private static ImageSet held(ImageSet images) {
        int count = images.shape().pixels();
        byte[] pixels = new byte[images.size() * count];
        float[] image = new float[count];
        for (int i = 0; i < images.size(); i++) {
            images.copyPixels(i, image, 0);
            for (int p = 0; p < count; p++) {
                pixels[i * count + p] = (byte) Math.round(image[p] * 255);
            }
        }
        return ImageSet.wrap("held", images.shape(), images.classNames(), images.labels(), pixels);
    }

    private static float[] seen(ImageSet images) {
        Examples changed = new AugmentedImages(new ImageExamples(images, Standardisation.of(images)),
                new Augmentation(2, true, 0.2)).seenWith(9);
        try (Scope scope = Scope.open()) {
            return changed.inputs(SOME).toFloats();
        }
    }

    @Test
    void standardisedAndChangedImagesAreThoseOfTheHeldSet() {
        Standardisation constants = Standardisation.of(held);
        assertThat(Standardisation.of(asked)).isEqualTo(constants);
        try (Scope scope = Scope.open()) {
            assertThat(new ImageExamples(asked, constants).inputs(SOME).toFloats())
                    .isEqualTo(new ImageExamples(held, constants).inputs(SOME).toFloats());
            assertThat(new ImageExamples(asked.resized(5, 7), constants).inputs(SOME).toFloats())
                    .isEqualTo(new ImageExamples(held.resized(5, 7), constants).inputs(SOME).toFloats());
        }
        assertThat(seen(asked)).isEqualTo(seen(held));
    }

    @Test
    void theNumberOfThreadsDoesNotMatter() throws Exception {
        float[] usual = seen(asked);
        for (int threads : new int[] {1, 3}) {
            try (ForkJoinPool pool = new ForkJoinPool(threads)) {
                assertThat(pool.submit(() -> seen(asked)).get()).isEqualTo(usual);
            }
        }
    }

    @Test
    void aSampleIsSpacedEvenly() {
        int size = 200;
        byte[] pixels = new byte[size];
        IntStream.range(0, size).forEach(i -> pixels[i] = (byte) (i % 50 == 0 ? 255 : 1));
        ImageSet images = ImageSet.wrap("s", new ImageShape(1, 1, 1), List.of("a"), new int[size], pixels);
        assertThat(Standardisation.of(images, 4)).isEqualTo(
                new Standardisation(new double[] {1}, new double[] {1}));
        assertThat(Standardisation.of(images, 1000)).isEqualTo(Standardisation.of(images));
    }
}

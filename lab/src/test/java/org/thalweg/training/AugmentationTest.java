package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageShape;
import org.thalweg.tensor.Scope;

class AugmentationTest {
    private static final ImageShape SHAPE = new ImageShape(3, 4, 5);

    private static float[] image() {
        float[] image = new float[SHAPE.pixels()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (1 + i) / (float) (image.length + 1);
        }
        return image;
    }

    @Test
    void aCropMovesTheImageWithinItsPaddingAndFillsWithBlack() {
        Set<String> found = new HashSet<>();
        for (int seed = 0; seed < 500; seed++) {
            float[] image = image();
            new Augmentation(1, false, 0).apply(image, SHAPE, new SplittableRandom(seed));
            found.add(Arrays.toString(image));
        }
        assertThat(found).hasSize(9).contains(Arrays.toString(image()));
        float[] expected = new float[SHAPE.pixels()];
        for (int channel = 0; channel < 3; channel++) {
            for (int row = 0; row < 3; row++) {
                for (int column = 1; column < 5; column++) {
                    expected[(channel * 4 + row) * 5 + column] = image()[(channel * 4 + row + 1) * 5 + column - 1];
                }
            }
        }
        assertThat(found).contains(Arrays.toString(expected));
    }

    @Test
    void halfOfTheImagesAreMirrored() {
        float[] mirrored = image();
        for (int row = 0; row < 12; row++) {
            for (int column = 0; column < 5; column++) {
                mirrored[row * 5 + column] = image()[row * 5 + 4 - column];
            }
        }
        long flips = IntStream.range(0, 400).filter(seed -> {
            float[] image = image();
            new Augmentation(0, true, 0).apply(image, SHAPE, new SplittableRandom(seed));
            assertThat(Arrays.equals(image, mirrored) || Arrays.equals(image, image())).isTrue();
            return Arrays.equals(image, mirrored);
        }).count();
        assertThat(flips).isBetween(160L, 240L);
    }

    @Test
    void jitterKeepsValuesInRangeAndGreyImagesGrey() {
        float[] grey = new float[SHAPE.pixels()];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = i % 20 / 20f;
        }
        float[] jittered = grey.clone();
        new Augmentation(0, false, 0.4).apply(jittered, SHAPE, new SplittableRandom(1));
        assertThat(jittered).isNotEqualTo(grey);
        for (int i = 0; i < 20; i++) {
            assertThat(jittered[i]).isBetween(0f, 1f).isCloseTo(jittered[i + 20], within(1e-5f));
        }
    }

    @Test
    void imagesAreChangedByTheSeedOfTheEpochAndNotWhenTheyAreEvaluated() {
        try (Scope scope = Scope.open()) {
            ImageExamples plain = ToyImages.examples(2);
            Examples changed = new SomeExamples(
                    new AugmentedImages(plain, new Augmentation(2, true, 0)), new int[] {6, 1});
            int[] both = {0, 1};
            assertThat(changed.inputs(both).sameAs(plain.inputs(new int[] {6, 1}))).isTrue();
            Examples seen = changed.seenWith(3);
            assertThat(seen.inputs(both).sameAs(changed.seenWith(3).inputs(both))).isTrue();
            assertThat(seen.inputs(both).sameAs(changed.seenWith(4).inputs(both))).isFalse();
            assertThat(seen.labels(both).sameAs(plain.labels(new int[] {6, 1}))).isTrue();
            // What becomes of an image does not depend on the others of its batch.
            assertThat(seen.inputs(both).narrow(0, 1, 1).sameAs(seen.inputs(new int[] {1}))).isTrue();
        }
    }
}

package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class ResizedExamplesTest {
    private static final Standardisation PLAIN = new Standardisation(new double[] {0}, new double[] {1});

    @Test
    void aRowThatIsDoubledIsBilinearAndRoundedTo256Steps() {
        ImageSet images = ImageSet.wrap("i", new ImageShape(1, 1, 2), List.of("a"), new int[1],
                new byte[] {0, (byte) 255});
        try (Scope scope = Scope.open()) {
            Tensor doubled = new ImageExamples(images.resized(2, 4), PLAIN).inputs(new int[] {0});
            assertThat(doubled.shape()).containsExactly(1, 1, 2, 4);
            assertThat(doubled.toFloats()).containsExactly(
                    0, 64 / 255f, 191 / 255f, 1, 0, 64 / 255f, 191 / 255f, 1);
        }
    }

    @Test
    void imagesOfTheirOwnSizeAreAsTheyAre() {
        ImageSet images = ToyImages.set("t", 3, 5);
        Standardisation standardisation = Standardisation.of(images);
        int[] some = {4, 0, 7};
        try (Scope scope = Scope.open()) {
            ImageExamples plain = new ImageExamples(images, standardisation);
            ImageExamples resized = new ImageExamples(images.resized(8, 8), standardisation);
            assertThat(resized.inputs(some).toFloats()).isEqualTo(plain.inputs(some).toFloats());
            assertThat(resized.labels(some).toLongs()).isEqualTo(plain.labels(some).toLongs());
            assertThat(resized.size()).isEqualTo(plain.size());
        }
    }

    @Test
    void channelsAreResizedEachOnItsOwn() {
        ImageSet images = ImageSet.wrap("i", new ImageShape(3, 2, 2), List.of("a"), new int[2],
                new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30});
        Standardisation plain = new Standardisation(new double[3], new double[] {1, 1, 1});
        try (Scope scope = Scope.open()) {
            assertThat(new ImageExamples(images.resized(1, 3), plain).inputs(new int[] {1}).toFloats()).containsExactly(
                    10 / 255f, 10 / 255f, 10 / 255f, 20 / 255f, 20 / 255f, 20 / 255f, 30 / 255f, 30 / 255f, 30 / 255f);
        }
    }
}

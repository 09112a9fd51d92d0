package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class FolderImagesTest {
    private static final List<String> NAMES = List.of("cat", "dog");

    @TempDir
    private Path folder;

    @BeforeEach
    void drawImages() throws IOException {
        for (int i = 0; i < 6; i++) {
            draw(folder.resolve("train/" + NAMES.get(i % 2) + "/" + i + ".png"), 5 + i, 9 - i, i);
        }
        draw(folder.resolve("test/cat/0.png"), 4, 4, 9);
        draw(folder.resolve("test/dog/1.png"), 4, 4, 8);
    }

    private static void draw(Path file, int width, int height, int seed) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < width * height; p++) {
            image.setRGB(p % width, p / width, 0x010307 * (31 * p + 7 * seed));
        }
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    private ImageSet set(int channels, long memory) {
        FileTree tree = DirectoryTree.of(folder, FolderSplit.NAMES, FolderSplit::wanted);
        FolderSplit train = FolderSplit.find(tree, "train").orElseThrow();
        FolderPixels.Decoded pixels = FolderPixels.decode(
                tree, List.of(train), Optional.of(new ImageShape(channels, 7, 7)), memory);
        return ImageSet.of("train", pixels.shape(), NAMES, train.labels(NAMES, tree), pixels.splits().getFirst());
    }

    private static float[] numbers(ImageSet images) {
        int each = images.shape().pixels();
        float[] numbers = new float[images.size() * each];
        IntStream.range(0, images.size()).parallel().forEach(i -> images.copyPixels(i, numbers, i * each));
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void imagesDecodedWhenAskedForAreThoseHeldInMemory(int channels) {
        ImageSet held = set(channels, 1 << 20);
        ImageSet made = set(channels, 100);
        assertThat(held.areMade()).isFalse();
        assertThat(made.areMade()).isTrue();
        assertThat(numbers(made)).isEqualTo(numbers(held));
        assertThat(made.labels()).isEqualTo(held.labels());
        assertThat(numbers(made.classBalanced(2))).isEqualTo(numbers(held.classBalanced(2)));
        assertThat(numbers(made.take(3))).isEqualTo(numbers(held.take(3)));
        assertThat(numbers(made.resized(3, 5))).isEqualTo(numbers(held.resized(3, 5)));
    }

    @Test
    void theDigestIsThatOfNamesAndLengthsAndOfTheChosenImages() throws IOException {
        String before = set(3, 100).digest().hex();
        assertThat(set(3, 100).digest().hex()).isEqualTo(before);
        assertThat(set(1, 100).digest().hex()).isNotEqualTo(before);
        assertThat(set(3, 100).take(5).digest().hex()).isNotEqualTo(before);
        assertThat(set(3, 100).resized(3, 3).digest().hex()).isNotEqualTo(before);
        Path first = folder.resolve("train/cat/0.png");
        Files.move(first, folder.resolve("train/cat/00.png"));
        assertThat(set(3, 100).digest().hex()).isNotEqualTo(before);
        Files.move(folder.resolve("train/cat/00.png"), first);
        assertThat(set(3, 100).digest().hex()).isEqualTo(before);
        draw(first, 9, 9, 1);
        assertThat(set(3, 100).digest().hex()).isNotEqualTo(before);
    }

    @Test
    void aFileDamagedSinceIsNamedWhenItsImageIsAskedFor() throws IOException {
        ImageSet made = set(3, 100);
        Files.writeString(folder.resolve("train/dog/3.png"), "no image");
        assertThatThrownBy(() -> numbers(made)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("3.png").hasMessageContaining("expected a whole JPEG or PNG image");
    }

    @Test
    void imagesThatKeepTheirSizesAndDoNotFitAreRefusedWithTheKeyThatHelps() throws IOException {
        for (int i = 0; i < 6; i++) {
            draw(folder.resolve("train/" + NAMES.get(i % 2) + "/" + i + ".png"), 8, 8, i);
        }
        FileTree tree = DirectoryTree.of(folder, FolderSplit.NAMES, FolderSplit::wanted);
        List<FolderSplit> splits = List.of(FolderSplit.find(tree, "train").orElseThrow());
        assertThatThrownBy(() -> FolderPixels.decode(tree, splits, Optional.empty(), 100))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("'image_size'");
        FolderPixels.Decoded held = FolderPixels.decode(tree, splits, Optional.empty(), 1 << 20);
        assertThat(held.splits().getFirst().areMade()).isFalse();
    }
}

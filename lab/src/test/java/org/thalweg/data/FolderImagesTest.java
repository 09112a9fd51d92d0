package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/** Images of a folder that are decoded when they are asked for, against the same images held in memory. */
class FolderImagesTest {
    private static final ImageShape SHAPE = new ImageShape(3, 6, 5);

    @TempDir
    private Path root;
    private Path directory;

    @BeforeEach
    void drawPictures() {
        directory = root.resolve("pictures");
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            files.put("train/cat/" + i + ".png", noise(i, 7 + i, 9, "png"));
            files.put("train/dog/" + i + ".jpg", noise(10 + i, 6, 4 + i, "jpg"));
            files.put("val/" + (i % 2 == 0 ? "cat/" : "dog/") + i + ".png", noise(20 + i, 8, 8, "png"));
        }
        Pictures.write(directory, files);
    }

    private static byte[] noise(int seed, int height, int width, String format) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(seed);
        for (int p = 0; p < height * width; p++) {
            image.setRGB(p % width, p / width, random.nextInt(1 << 24));
        }
        return Pictures.encode(image, format);
    }

    private ImageData held(ImageShape shape) {
        return new ImageFolder(directory, Optional.of(shape)).load();
    }

    /** All images of both splits need 1350 bytes. */
    private ImageData onDemand(Path place, ImageShape shape) {
        return new ImageFolder(place, Optional.of(shape)).load(100);
    }

    private ImageSet onDemand() {
        return onDemand(directory, SHAPE).train();
    }

    private static float[] pixels(ImageSet set) {
        float[] all = new float[set.size() * set.shape().pixels()];
        set.forEachOf(set.size(), i -> set.copyPixels(i, all, i * set.shape().pixels()));
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void bothGiveTheSameBits(int channels) {
        ImageShape shape = new ImageShape(channels, 6, 5);
        for (boolean train : new boolean[] {true, false}) {
            ImageSet held = train ? held(shape).train() : held(shape).test();
            ImageSet asked = train ? onDemand(directory, shape).train() : onDemand(directory, shape).test();
            assertThat(pixels(asked)).isEqualTo(pixels(held));
            assertThat(asked.labels()).isEqualTo(held.labels());
            assertThat(asked.digest()).isEqualTo(held.digest());
        }
    }

    @Test
    void nothingIsDecodedBeforeItIsAskedFor() {
        Pictures.write(directory, Map.of("train/cat/3.png", "damaged".getBytes(StandardCharsets.UTF_8)));
        ImageSet set = onDemand();
        assertThat(set.digest()).isEqualTo(set.digest());
        assertThat(pixels(set.take(3))).hasSize(3 * SHAPE.pixels());
        assertThat(pixels(set.classBalanced(3))).hasSize(6 * SHAPE.pixels());
    }

    @Test
    void aDamagedImageIsNamedWhenItIsAskedFor() {
        Pictures.write(directory, Map.of("train/cat/3.png", "damaged".getBytes(StandardCharsets.UTF_8)));
        ImageSet set = onDemand();
        for (ImageSet asked : new ImageSet[] {set, set.classBalanced(4), set.resized(3, 3)}) {
            assertThatThrownBy(() -> pixels(asked)).isInstanceOf(WorkFailure.class).hasMessage(
                    directory + "/train/cat/3.png: expected a whole JPEG or PNG image in grey or RGB, found another "
                    + "kind of file of 7 bytes; replace or remove the file.");
        }
    }

    @Test
    void aFileThatVanishesIsNamed() throws IOException {
        ImageSet set = onDemand();
        Files.delete(directory.resolve("train/cat/1.png"));
        assertThatThrownBy(() -> pixels(set)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("train/cat/1.png");
        assertThatThrownBy(set::digest).isInstanceOf(WorkFailure.class).hasMessageContaining("train/cat/1.png");
    }

    @Test
    void partsAreThoseOfTheHeldSet() {
        ImageSet held = held(SHAPE).train();
        assertThat(pixels(onDemand().take(4))).isEqualTo(pixels(held.take(4)));
        ImageSet balanced = onDemand().classBalanced(2);
        assertThat(balanced.labels()).containsExactly(0, 0, 1, 1);
        assertThat(pixels(balanced)).isEqualTo(pixels(held.classBalanced(2)));
        assertThat(balanced.digest()).isEqualTo(held.classBalanced(2).digest())
                .isNotEqualTo(onDemand().classBalanced(3).digest());
        assertThat(balanced.areMadeWhenAsked()).isTrue();
    }

    @Test
    void resizingOnceMoreIsThatOfTheHeldSet() {
        ImageSet held = held(SHAPE).train();
        float[] expected = new float[3 * 9 * 4];
        float[] found = new float[expected.length];
        held.resized(9, 4).copyPixels(7, expected, 0);
        onDemand().resized(9, 4).copyPixels(7, found, 0);
        assertThat(found).isEqualTo(expected);
        assertThat(onDemand().resized(9, 4).digest()).isNotEqualTo(onDemand().digest());
    }

    @Test
    void theDigestIsThatOfNamesAndLengths() throws IOException {
        Digest first = onDemand().digest();
        assertThat(onDemand().digest()).isEqualTo(first);
        assertThat(onDemand(directory, new ImageShape(3, 5, 6)).train().digest()).isNotEqualTo(first);
        Path file = directory.resolve("train/cat/4.png");
        Path renamed = directory.resolve("train/cat/5.png");
        Files.move(file, renamed);
        assertThat(onDemand().digest()).isNotEqualTo(first);
        Files.move(renamed, file);
        assertThat(onDemand().digest()).isEqualTo(first);
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length + 1));
        assertThat(onDemand().digest()).isNotEqualTo(first);
    }

    @Test
    void aPackedFolderIsHeldPackedAndGivesTheSame() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (var found = Files.walk(directory)) {
            for (Path path : found.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        ImageSet packed = onDemand(TarBytes.write(root.resolve("p.tar.gz"), files), SHAPE).train();
        assertThat(pixels(packed)).isEqualTo(pixels(onDemand()));
        assertThat(packed.digest()).isEqualTo(onDemand().digest());
    }

    @Test
    void theNumberOfThreadsDoesNotMatter() throws Exception {
        float[] usual = pixels(onDemand());
        for (int threads : new int[] {1, 3}) {
            try (ForkJoinPool pool = new ForkJoinPool(threads)) {
                assertThat(pool.submit(() -> pixels(onDemand())).get()).isEqualTo(usual);
            }
        }
    }

    @Test
    void withoutASizeTheRefusalNamesTheKeyThatGivesOne() {
        assertThatThrownBy(() -> new ImageFolder(directory, Optional.empty()).load(1 << 20 >> 10))
                .isInstanceOf(WorkFailure.class).hasMessage(directory + ": expected images that fit into 0 MiB when "
                        + "decoded, found 15 of 7 x 9 pixels, 0 MiB; give Java more memory with -Xmx, or say in the "
                        + "study by the key image_size to how many pixels they are brought, so that each is decoded "
                        + "when it is needed.");
    }

    @Test
    void provenanceSaysByWhatImagesAreKnown() {
        assertThat(onDemand(directory, SHAPE).provenance()).isEqualTo(held(SHAPE).provenance())
                .contains("brought to 3 x 6 x 5").contains("known by the paths and lengths of the files");
    }
}

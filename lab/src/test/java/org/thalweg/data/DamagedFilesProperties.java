package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class DamagedFilesProperties {
    private static final byte[][] IMAGES = {Pictures.colour(9, 7, 0x12ab56), Pictures.grey(9, 7, 90, "png"),
        Pictures.grey(9, 7, 90, "jpg")};

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aDamagedImageIsDecodedOrRefused(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int draw = 0; draw < 200; draw++) {
            byte[] damaged = IMAGES[draw % IMAGES.length].clone();
            damage(damaged, random);
            try {
                DecodedImage image = DecodedImage.decode("damaged", damaged);
                assertThat(image.planes()).hasSize(3 * image.height() * image.width());
            } catch (WorkFailure refused) {
                assertThat(refused).hasMessageStartingWith("damaged: expected ").hasMessageEndingWith(".");
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aDamagedArchiveIsReadOrRefused(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int draw = 0; draw < 50; draw++) {
            Path archive = Files.createTempFile("damaged", ".tar.gz");
            try {
                TarBytes.write(archive,
                        Map.of("train/a/1.png", new byte[700], "train/" + "n".repeat(120), new byte[1]));
                byte[] tar;
                try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(archive)))) {
                    tar = Arrays.copyOf(in.readAllBytes(), 5120);
                }
                damage(tar, random);
                Files.write(archive, IdxBytes.gzip(tar));
                ArchiveTree tree = new TarGz(archive, new TarLimits(10, 4096, 8192, 16384)).read(path -> true);
                assertThat(tree.files()).hasSizeLessThanOrEqualTo(10);
            } catch (WorkFailure refused) {
                assertThat(refused).hasMessageStartingWith(archive + ": expected ").hasMessageEndingWith(".");
            } finally {
                Files.delete(archive);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void damagedLabelledTextsAreReadOrRefused(long seed, @TempDir Path directory) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            for (String name : List.of("pos/a.txt", "neg/b.txt")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("a text, and some more of it".getBytes(StandardCharsets.UTF_8));
            }
        }
        Map<String, byte[]> whole = Map.of("reviews.zip", packed.toByteArray(), "rows.csv",
                "\"1\",\"Rain, \"\"again\"\"\",\"All\nday\"\n2,Sun,\u00c4\n".getBytes(StandardCharsets.UTF_8));
        for (int draw = 0; draw < 60; draw++) {
            for (Map.Entry<String, byte[]> kind : whole.entrySet()) {
                byte[] damaged = kind.getValue().clone();
                damage(damaged, random);
                Path file = Files.write(directory.resolve(kind.getKey()), damaged);
                try {
                    TextSet.Labelled set = (TextSet.Labelled) TextSets.in("s", file, false);
                    assertThat(set.train().labels()).hasSameSizeAs(set.train().texts());
                } catch (WorkFailure refused) {
                    assertThat(refused.getMessage()).contains(file.toString()).endsWith(".").doesNotContain("\n");
                }
            }
        }
    }

    /** One value at one to four places. */
    private static void damage(byte[] bytes, SplittableRandom random) {
        byte value = (byte) random.nextInt();
        int places = random.nextInt(1, 5);
        for (int place = 0; place < places; place++) {
            bytes[random.nextInt(bytes.length)] = value;
        }
    }
}

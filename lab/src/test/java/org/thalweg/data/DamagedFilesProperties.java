package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.thalweg.failure.WorkFailure;

class DamagedFilesProperties {
    private static final byte[][] IMAGES = {Pictures.colour(9, 7, 0x12ab56), Pictures.grey(9, 7, 90, "png"),
        Pictures.grey(9, 7, 90, "jpg")};

    @Property(tries = 2000)
    void aDamagedImageIsDecodedOrRefused(@ForAll @IntRange(max = 2) int which,
            @ForAll @Size(min = 1, max = 4) int[] places, @ForAll byte value) {
        byte[] damaged = IMAGES[which].clone();
        for (int place : places) {
            damaged[Math.floorMod(place, damaged.length)] = value;
        }
        try {
            DecodedImage image = DecodedImage.decode("damaged", damaged);
            assertThat(image.planes()).hasSize(3 * image.height() * image.width());
        } catch (WorkFailure refused) {
            assertThat(refused).hasMessageStartingWith("damaged: expected ").hasMessageEndingWith(".");
        }
    }

    @Property(tries = 500)
    void aDamagedArchiveIsReadOrRefused(@ForAll @Size(min = 1, max = 4) int[] places, @ForAll byte value)
            throws IOException {
        Path archive = Files.createTempFile("damaged", ".tar.gz");
        try {
            TarBytes.write(archive, Map.of("train/a/1.png", new byte[700], "train/" + "n".repeat(120), new byte[1]));
            byte[] tar;
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(archive)))) {
                tar = Arrays.copyOf(in.readAllBytes(), 5120);
            }
            for (int place : places) {
                tar[Math.floorMod(place, tar.length)] = value;
            }
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

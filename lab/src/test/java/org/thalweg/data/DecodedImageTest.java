package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class DecodedImageTest {
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void readsGreyValuesAsTheyStandInTheFile(String format) {
        DecodedImage image = DecodedImage.decode("g", Pictures.grey(8, 8, 100, format));
        assertThat(image.grey()).isTrue();
        assertThat(image.planes()).hasSize(192).containsOnly(100);
    }

    @Test
    void readsJpegColoursCloseToWhatWasWritten() {
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 64; p++) {
            picture.setRGB(p % 8, p / 8, 0xc81e64);
        }
        DecodedImage image = DecodedImage.decode("j", Pictures.encode(picture, "jpg"));
        assertThat(image.planes()[0] & 0xff).isCloseTo(0xc8, within(4));
        assertThat(image.planes()[64] & 0xff).isCloseTo(0x1e, within(4));
        assertThat(image.planes()[128] & 0xff).isCloseTo(0x64, within(4));
    }

    @Test
    void readsPalettesTransparencyAndSixteenBits() {
        BufferedImage palette = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        palette.setRGB(0, 0, 0xffff0000);
        palette.setRGB(1, 0, 0xff0000ff);
        assertThat(DecodedImage.decode("p", Pictures.encode(palette, "png")).planes())
                .containsExactly(255, 0, 0, 0, 0, 255);
        BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        clear.setRGB(0, 0, 0x80102030);
        assertThat(DecodedImage.decode("a", Pictures.encode(clear, "png")).planes()).containsExactly(16, 32, 48);
        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 0x4e20);
        assertThat(DecodedImage.decode("d", Pictures.encode(deep, "png")).planes()).containsOnly(0x4e);
    }

    /** Samples of 255 stand for no ink, as Adobe's programs store them. */
    @ParameterizedTest
    @CsvSource({"-1, 200 100 50, 141 71 35", "0, 200 100 50, 141 71 35", "2, 200 100 50, 116 0 74"})
    void inksAreTakenAsLight(int adobe, String samples, String light) throws IOException {
        int[] stored = Stream.of((samples + " 180").split(" ")).mapToInt(Integer::parseInt).toArray();
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
        for (int p = 0; p < 64; p++) {
            raster.setPixel(p % 8, p / 8, stored);
        }
        byte[] jpeg = Pictures.inks(raster, adobe);
        DecodedImage image = DecodedImage.decode("inks.jpg", jpeg);
        assertThat(image.grey()).isFalse();
        String[] expected = light.split(" ");
        for (int c = 0; c < 3; c++) {
            assertThat(image.planes()[64 * c + 27] & 0xff).isCloseTo(Integer.parseInt(expected[c]), within(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void refusesTruncatedImages(String format) {
        BufferedImage noise = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 1024; p++) {
            noise.setRGB(p % 32, p / 32, p * 7919 * 104729);
        }
        byte[] whole = Pictures.encode(noise, format);
        for (int length : new int[] {whole.length / 2, whole.length * 3 / 4, whole.length / 20, 8, 3, 0}) {
            assertThatThrownBy(() -> DecodedImage.decode("x." + format, Arrays.copyOf(whole, length)))
                    .as("%d of %d bytes", length, whole.length).isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith("x." + format + ": expected a whole JPEG or PNG image in grey or RGB, ")
                    .hasMessageEndingWith("; replace or remove the file.");
        }
    }

    @Test
    void refusesAHugeImageByItsHeader() {
        byte[] png = Pictures.grey(1, 1, 0, "png");
        ByteBuffer.wrap(png).putInt(16, 60000).putInt(20, 60000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        assertThatThrownBy(() -> DecodedImage.decode("h", png)).isInstanceOf(WorkFailure.class)
                .hasMessage("h: expected at most 16777216 pixels, found 60000 x 60000; shrink the image first.");
    }

    @Test
    void refusesOtherFormatsUnderTheSameName() {
        byte[] gif = Pictures.encode(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_INDEXED), "gif");
        assertThatThrownBy(() -> DecodedImage.decode("x.png", gif)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found another kind of file of " + gif.length + " bytes");
    }

    @Test
    void resizesByMeansUnderATriangle() {
        byte[] planes = new byte[12];
        for (int c = 0; c < 3; c++) {
            System.arraycopy(new byte[] {0, 100, (byte) 200, 100}, 0, planes, 4 * c, 4);
        }
        DecodedImage image = new DecodedImage(2, 2, true, planes);
        assertThat(image.resized(2, 2)).isSameAs(image);
        assertThat(image.resized(1, 1).planes()).containsExactly(100, 100, 100);
        DecodedImage row = new DecodedImage(1, 2, true, new byte[] {0, 100, 0, 100, 0, 100});
        assertThat(row.resized(1, 4).planes()).startsWith(0, 25, 75, 100);
    }
}

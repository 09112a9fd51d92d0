package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WorkFailure;

class IdxDirectoryTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void writeTinyFiles() {
        IdxBytes.writeTiny(directory);
    }

    @Test
    void readsImagesAndLabelsInOrder() {
        ImageData data = new IdxDirectory("tiny", directory).load();
        float[] image = new float[7];
        data.train().copyPixels(1, image, 1);
        assertThat(image).containsExactly(0, 120 / 255f, 140 / 255f, 160 / 255f, 180 / 255f, 200 / 255f, 220 / 255f);
        assertThat(data.train().labels()).containsExactly(0, 1);
        assertThat(data.train().shape()).isEqualTo(new ImageShape(1, 2, 3));
        assertThat(data.test().size()).isEqualTo(1);
        assertThat(data.train().classNames()).containsExactly("0", "1");
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void readsBothSpellingsRawAndPackedAlike(boolean dotted, boolean packed) throws IOException {
        Path other = directory.resolve("other");
        for (String name : new String[] {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3",
            "t10k-labels-idx1"}) {
            byte[] content = Files.readAllBytes(directory.resolve(name + "-ubyte"));
            String spelled = (dotted ? name.replace("-idx", ".idx") : name) + "-ubyte" + (packed ? ".gz" : "");
            IdxBytes.write(other, spelled, packed ? IdxBytes.gzip(content) : content);
        }
        ImageData data = new IdxDirectory("tiny", other).load();
        ImageData raw = new IdxDirectory("tiny", directory).load();
        assertThat(data.train().digest()).isEqualTo(raw.train().digest());
        assertThat(data.test().digest()).isEqualTo(raw.test().digest());
    }

    @Test
    void comparesTheUnpackedContentWithThePublishedMd5OfMnist() throws Exception {
        byte[] content = Files.readAllBytes(directory.resolve("train-images-idx3-ubyte"));
        String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        String expected = ": expected content with the MD5 published for mnist, "
                + "6bbc9ace898e44ae57da46a324031adb, found " + md5;
        assertRefused("mnist", "train-images-idx3-ubyte" + expected, "; get the original file again");
        Files.delete(directory.resolve("train-images-idx3-ubyte"));
        IdxBytes.write(directory, "train-images-idx3-ubyte.gz", IdxBytes.gzip(content));
        assertRefused("mnist", "train-images-idx3-ubyte.gz" + expected, "; get the original file again");
    }

    @Test
    void namesAMissingFile() throws IOException {
        Files.delete(directory.resolve("t10k-labels-idx1-ubyte"));
        assertRefused("tiny", "expected t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz or "
                + "t10k-labels.idx1-ubyte or t10k-labels.idx1-ubyte.gz, found none of them; put the file there");
        assertThatThrownBy(() -> new IdxDirectory("tiny", directory.resolve("nowhere")).load())
                .isInstanceOf(WorkFailure.class).hasMessageContaining("nowhere: expected train-images")
                .hasMessageContaining("found no such directory");
    }

    @Test
    void refusesTruncatedAndOverlongFiles() {
        byte[] tooShort = IdxBytes.of(new int[] {2, 2, 3}, IdxBytes.counting(11));
        byte[] tooLong = IdxBytes.of(new int[] {2, 2, 3}, IdxBytes.counting(13));
        String expected = "train-images-idx3-ubyte: expected 28 bytes for 2 x 2 x 3 as its header says, found ";
        IdxBytes.write(directory, "train-images-idx3-ubyte", tooShort);
        assertRefused("tiny", expected + "27 bytes; get the file again.");
        IdxBytes.write(directory, "train-images-idx3-ubyte", tooLong);
        assertRefused("tiny", expected + "29 bytes; get the file again.");
        IdxBytes.write(directory, "train-images-idx3-ubyte", IdxBytes.gzip(tooShort));
        assertRefused("tiny", expected + "27 bytes; get the file again.");
        IdxBytes.write(directory, "train-images-idx3-ubyte", IdxBytes.gzip(tooLong));
        assertRefused("tiny", expected + "more; get the file again.");
    }

    @Test
    void refusesAHeaderThatPromisesMoreThanTheFileCanHoldBeforeTakingMemory() {
        byte[] promise = IdxBytes.of(new int[] {60000, 28, 100}, IdxBytes.counting(12));
        IdxBytes.write(directory, "train-images-idx3-ubyte", promise);
        assertRefused("tiny", "expected 168000016 bytes for 60000 x 28 x 100 as its header says, found 28 bytes");
        byte[] packed = IdxBytes.gzip(promise);
        IdxBytes.write(directory, "train-images-idx3-ubyte", packed);
        assertRefused("tiny", "as its header says, found " + packed.length + " packed bytes");
        IdxBytes.write(directory, "train-images-idx3-ubyte", IdxBytes.of(new int[] {1 << 30, 1 << 30, 1 << 30}));
        assertRefused("tiny", "expected lengths from 1 up to ", "found 1073741824 x 1073741824 x 1073741824; get");
        IdxBytes.write(directory, "train-images-idx3-ubyte", IdxBytes.of(new int[] {-1, 2, 3}));
        assertRefused("tiny", "expected lengths from 1 up to ", "found -1 x 2 x 3; get the file again");
    }

    @Test
    void stopsUnpackingABombAtTheSizeItsHeaderStates() {
        byte[] bomb = IdxBytes.of(new int[] {2, 2, 3}, new byte[50_000_000]);
        IdxBytes.write(directory, "train-images-idx3-ubyte.gz", IdxBytes.gzip(bomb));
        directory.resolve("train-images-idx3-ubyte").toFile().delete();
        assertRefused("tiny", "train-images-idx3-ubyte.gz: expected 28 bytes for 2 x 2 x 3", "found more;");
    }

    @Test
    void refusesAnotherMagicNumber() {
        IdxBytes.write(directory, "train-images-idx3-ubyte", IdxBytes.of(new int[] {12}, IdxBytes.counting(12)));
        assertRefused("tiny", "expected the IDX magic number 0 0 8 3 of unsigned bytes in 3 dimensions, "
                + "found 0 0 8 1; give the original images file.");
        IdxBytes.write(directory, "train-images-idx3-ubyte", (byte) 0, (byte) 0);
        assertRefused("tiny", "and a header of 16 bytes, found 2 bytes; give the original images file.");
    }

    @Test
    void refusesDamagedCompression() {
        byte[] packed = IdxBytes.gzip(IdxBytes.of(new int[] {2, 2, 3}, IdxBytes.counting(12)));
        IdxBytes.write(directory, "train-images-idx3-ubyte", Arrays.copyOf(packed, packed.length - 12));
        assertRefused("tiny", "train-images-idx3-ubyte: expected a whole and readable file, found "
                + "'Unexpected end of ZLIB input stream' while reading; get the file again.");
    }

    @Test
    void refusesUnequalCountsOfImagesAndLabels() {
        IdxBytes.write(directory, "train-labels-idx1-ubyte", IdxBytes.of(new int[] {3}, new byte[3]));
        assertRefused("tiny", "train-labels-idx1-ubyte: expected 2 labels, one for each image of ",
                "found 3 labels; take both files from the same data set.");
    }

    @Test
    void refusesALabelOutOfRange() {
        IdxBytes.write(directory, "t10k-labels-idx1-ubyte", IdxBytes.of(new int[] {1}, (byte) 200));
        assertRefused("tiny", "t10k-labels-idx1-ubyte: expected labels from 0 to 1, found label 200 for image 0;");
    }

    @Test
    void refusesTestImagesOfAnotherShape() {
        IdxBytes.write(directory, "t10k-images-idx3-ubyte", IdxBytes.of(new int[] {1, 3, 2}, new byte[6]));
        assertRefused("tiny", "expected images of 1 x 2 x 3 as in training, found images of 1 x 3 x 2; take all");
    }

    private void assertRefused(String name, String... parts) {
        assertThatThrownBy(() -> new IdxDirectory(name, directory).load())
                .isInstanceOf(WorkFailure.class).hasMessageContaining(directory.toString()).message().contains(parts);
    }
}

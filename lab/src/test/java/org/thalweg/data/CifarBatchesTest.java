package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

class CifarBatchesTest {
    @TempDir
    private Path directory;

    /** One record whose red, green and blue planes are 10, 20 and 30; the first red pixel is the mark. */
    private static byte[] record(int mark, int... labels) {
        byte[] record = new byte[labels.length + 3072];
        for (int i = 0; i < labels.length; i++) {
            record[i] = (byte) labels[i];
        }
        for (int c = 0; c < 3; c++) {
            Arrays.fill(record, labels.length + 1024 * c, labels.length + 1024 * (c + 1), (byte) (10 * (c + 1)));
        }
        record[labels.length] = (byte) mark;
        return record;
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    private static Map<String, byte[]> cifar10() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int b = 1; b <= 5; b++) {
            files.put("data_batch_" + b + ".bin", join(record(b, b), record(b + 100, 9)));
        }
        files.put("test_batch.bin", record(77, 3));
        return files;
    }

    private static void write(Path place, Map<String, byte[]> files) {
        files.forEach((name, content) -> IdxBytes.write(place, name, content));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "cifar-10-batches-bin"})
    void readsCifar10BatchesInOrderWithPlanarColour(String inner) {
        write(directory.resolve(inner), cifar10());
        ImageData data = new CifarBatches(directory, 10).load();
        assertThat(data.train().labels()).containsExactly(1, 9, 2, 9, 3, 9, 4, 9, 5, 9);
        assertThat(data.test().labels()).containsExactly(3);
        float[] image = new float[3072];
        data.train().copyPixels(2, image, 0);
        assertThat(image[0]).isEqualTo(2 / 255f);
        assertThat(image[1]).isEqualTo(10 / 255f);
        assertThat(image[1024]).isEqualTo(20 / 255f);
        assertThat(image[2048]).isEqualTo(30 / 255f);
        assertThat(data.train().classNames()).startsWith("airplane").hasSize(10);
        assertThat(data.provenance()).contains("10 training and 1 test images (the published set has 50,000");
    }

    @Test
    void readsThePackedArchiveLikeTheUnpackedFiles() {
        write(directory.resolve("plain"), cifar10());
        Map<String, byte[]> packed = new LinkedHashMap<>();
        cifar10().forEach((name, content) -> packed.put("cifar-10-batches-bin/" + name, content));
        Path archive = TarBytes.write(directory.resolve("cifar-10-binary.tar.gz"), packed);
        ImageData plain = new CifarBatches(directory.resolve("plain"), 10).load();
        for (Path place : new Path[] {archive, directory}) {
            ImageData data = new CifarBatches(place, 10).load();
            assertThat(data.train().digest()).isEqualTo(plain.train().digest());
            assertThat(data.provenance()).contains("archive not equal to the published MD5 sum");
        }
    }

    @Test
    void readsTheFineLabelsOfCifar100() {
        IdxBytes.write(directory, "train.bin", join(record(1, 19, 99), record(2, 0, 42)));
        IdxBytes.write(directory, "test.bin", record(3, 4, 0));
        ImageData data = new CifarBatches(directory, 100).load();
        assertThat(data.train().labels()).containsExactly(99, 42);
        assertThat(data.train().classNames()).startsWith("apple").endsWith("worm").hasSize(100).isSorted();
        float[] image = new float[3072];
        data.train().copyPixels(1, image, 0);
        assertThat(image).startsWith(2 / 255f, 10 / 255f);
    }

    @Test
    void refusesDamagedBatches() throws IOException {
        write(directory, cifar10());
        IdxBytes.write(directory, "data_batch_3.bin", Arrays.copyOf(record(1, 1), 3000));
        assertRefused(10, "data_batch_3.bin: expected whole records of 3073 bytes, found 3000 bytes; get the file");
        IdxBytes.write(directory, "data_batch_3.bin", record(1, 10));
        assertRefused(10, "data_batch_3.bin: expected labels from 0 to 9, found label 10 for image 0; check that this "
                + "is the binary version of CIFAR-10 and get the file again.");
        Files.delete(directory.resolve("data_batch_3.bin"));
        assertRefused(10, "data_batch_3.bin: there is no such file; check the path.");
    }

    @Test
    void refusesDamagedCifar100() {
        IdxBytes.write(directory, "train.bin", record(1, 20, 99));
        IdxBytes.write(directory, "test.bin", record(1, 1, 1));
        assertRefused(100, "train.bin: expected labels from 0 to 19, found label 20 for image 0;");
        IdxBytes.write(directory, "train.bin");
        assertRefused(100, "train.bin: expected whole records of 3074 bytes, found 0 bytes;");
    }

    @Test
    void namesWhatIsMissing() {
        assertRefused(10, "expected data_batch_1.bin or cifar-10-binary.tar.gz, found none of them; pass the right");
        Path archive = TarBytes.write(directory.resolve("x.tar.gz"), Map.of("d/data_batch_1.bin", record(1, 1)));
        assertThatThrownBy(() -> new CifarBatches(archive, 10).load()).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("x.tar.gz/d: expected a file data_batch_2.bin, found none; get the official");
        assertThatThrownBy(() -> new CifarBatches(directory, 20)).isInstanceOf(WrongUse.class)
                .hasMessage("CIFAR has 10 or 100 classes, not 20.");
    }

    private void assertRefused(int classes, String part) {
        assertThatThrownBy(() -> new CifarBatches(directory, classes).load())
                .isInstanceOf(WorkFailure.class).hasMessageContaining(part);
    }
}

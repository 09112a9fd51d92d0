package org.thalweg.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Tiny IDX files for tests. */
final class IdxBytes {
    private IdxBytes() {}

    /** A file with the given lengths in its header and the given values after it, whether or not they agree. */
    static byte[] of(int[] lengths, byte... values) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * lengths.length + values.length);
        file.put(new byte[] {0, 0, 8, (byte) lengths.length});
        for (int length : lengths) {
            file.putInt(length);
        }
        return file.put(values).array();
    }

    static byte[] gzip(byte... content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    /** Two training images of 2 x 3 with labels 0 and 1, one test image with label 1; raw, dashed names. */
    static void writeTiny(Path directory) {
        write(directory, "train-images-idx3-ubyte", of(new int[] {2, 2, 3}, counting(12)));
        write(directory, "train-labels-idx1-ubyte", of(new int[] {2}, (byte) 0, (byte) 1));
        write(directory, "t10k-images-idx3-ubyte", of(new int[] {1, 2, 3}, counting(6)));
        write(directory, "t10k-labels-idx1-ubyte", of(new int[] {1}, (byte) 1));
    }

    static byte[] counting(int length) {
        byte[] values = new byte[length];
        for (int i = 0; i < length; i++) {
            values[i] = (byte) (i * 20);
        }
        return values;
    }

    static void write(Path directory, String name, byte... content) {
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve(name), content);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}

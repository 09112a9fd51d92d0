package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class NumpyFileTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"1,<f4", "2,>f4", "3,<f8", "1,>f8", "1,<i4", "1,>i8", "1,|i1", "2,<u2", "1,|u1", "1,<i2", "1,>u4"})
    void readsEveryNumberTypeInBothOrders(int version, String descr) {
        for (boolean columnMajor : new boolean[] {false, true}) {
            Path file = write(version, dictionary(descr, columnMajor, "(2, 3)"), numbers(descr, columnMajor));
            assertThat(read(file)).isDeepEqualTo(new double[][] {{1, 2, 3}, {4, 5, 6}});
        }
    }

    @Test
    void readsHalfPrecisionAndInfinity() {
        ByteBuffer body = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        body.putShort(Float.floatToFloat16(-1.5f)).putShort(Float.floatToFloat16(Float.POSITIVE_INFINITY));
        Path file = write(1, dictionary("<f2", false, "(1, 2)"), body.array());
        assertThat(read(file)).isDeepEqualTo(new double[][] {{-1.5, Double.POSITIVE_INFINITY}});
    }

    @Test
    void readsMoreThanOneBlock() {
        int n = 300;
        ByteBuffer body = ByteBuffer.allocate(n * 1001 * 8).order(ByteOrder.LITTLE_ENDIAN);
        int columns = 1001;
        for (int k = 0; k < n * columns; k++) {
            body.putDouble(k);
        }
        Path file = write(1, dictionary("<f8", false, "(300, " + columns + ")"),
                Arrays.copyOf(body.array(), n * columns * 8));
        double[][] matrix = read(file);
        assertThat(matrix[n - 1][columns - 1]).isEqualTo(n * columns - 1.0);
        assertThat(matrix[200][5]).isEqualTo(200.0 * columns + 5);
    }

    @Test
    void readsTheDoublesItWrote() {
        Path file = directory.resolve("doubles.npy");
        NumpyFile.writeDoubles(file, new long[] {2, 3}, out -> {
            for (int i = 0; i < 6; i++) {
                out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(i / 3.0).array());
            }
        });
        assertThat(read(file)).isDeepEqualTo(new double[][] {{0, 1 / 3.0, 2 / 3.0}, {1, 4 / 3.0, 5 / 3.0}});
    }

    @Test
    void writesWhatNumpyWrites() throws IOException {
        Path file = directory.resolve("columns.npy");
        NumpyFile.writeIndices(file, new int[] {2, 0, -1});
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(128 + 24);
        assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }").endsWith("\n");
        ByteBuffer numbers = ByteBuffer.wrap(bytes, 128, 24).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new long[] {numbers.getLong(), numbers.getLong(), numbers.getLong()}).containsExactly(2, 0, -1);
    }

    @Test
    void saysWhatIsWrongWithAHeader() {
        assertRefused("does not begin with \\x93NUMPY", directory.resolve("text.npy"), "hello, this is text");
        Path damaged = write(1, dictionary("<f4", false, "(2, 3)"), new byte[20]);
        assertRefused(damaged, "holds 20 bytes of numbers where its header announces 2 x 3 of 4 bytes each");
        assertRefused(write(1, dictionary("<f4", false, "(2000000000, 2000000000)"), new byte[20]),
                "holds 20 bytes of numbers where its header announces 2000000000 x 2000000000");
        assertRefused(write(1, dictionary("<f4", false, "(6,)"), new byte[24]), "holds an array of shape (6,)");
        assertRefused(write(1, dictionary("<f4", false, "(0, 6)"), new byte[0]), "0 rows and 6 columns");
        assertRefused(write(1, dictionary("<f4", false, "(9999999999, 6)"), new byte[0]), "9999999999 rows");
        assertRefused(write(1, dictionary("|S5", false, "(2, 3)"), new byte[30]), "numbers of type '|S5'");
        assertRefused(write(1, "{'shape': (2, 3), }", new byte[24]), "without a readable 'descr'");
        assertRefused(write(4, dictionary("<f4", false, "(2, 3)"), new byte[24]), "of version 4");
        assertRefused(directory.resolve("absent.npy"), "there is no such file");
    }

    @Test
    void roundsNothing() {
        ByteBuffer body = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(1e300).putDouble(0.1);
        assertThat(read(write(1, dictionary("<f8", false, "(1, 2)"), body.array())))
                .isDeepEqualTo(new double[][] {{1e300, 0.1}});
        body.clear().putLong(1L << 53).putLong(Long.MIN_VALUE);
        assertThat(read(write(1, dictionary("<i8", false, "(1, 2)"), body.array())))
                .isDeepEqualTo(new double[][] {{0x1p53, -0x1p63}});
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 53) + 1, Long.MAX_VALUE})
    void refusesIntegersThatNoDoubleEquals(long integer) {
        ByteBuffer body = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(integer);
        assertRefused(write(1, dictionary("<i8", false, "(1, 1)"), body.array()),
                "holds the integer " + integer + ", which no 64-bit float equals");
    }

    @Test
    void neverFailsOtherwiseOnDamagedFiles() throws IOException {
        byte[] whole = Files.readAllBytes(write(1, dictionary("<f4", false, "(2, 3)"), numbers("<f4", false)));
        Random random = new Random(3);
        for (int k = 0; k < 2000; k++) {
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int hit = 0; hit < 2 && bytes.length > 0; hit++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = directory.resolve("fuzz.npy");
            Files.write(file, bytes);
            try {
                assertThat(read(file)).isNotEmpty();
            } catch (WorkFailure refused) {
                assertThat(refused).hasMessageContaining("fuzz.npy");
            }
        }
    }

    private void assertRefused(String message, Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        assertRefused(file, message);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> read(file)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining(file.toString()).hasMessageContaining(message).hasMessageEndingWith(".");
    }

    private static double[][] read(Path file) {
        return NumpyFile.readMatrix(file, (rows, columns) -> new double[rows][columns],
                (matrix, row, column, entry) -> matrix[row][column] = entry);
    }

    private static String dictionary(String descr, boolean columnMajor, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': " + (columnMajor ? "True" : "False") + ", 'shape': " + shape
                + ", }\n";
    }

    private static byte[] numbers(String descr, boolean columnMajor) {
        int[] values = columnMajor ? new int[] {1, 4, 2, 5, 3, 6} : new int[] {1, 2, 3, 4, 5, 6};
        int width = descr.charAt(2) - '0';
        ByteBuffer body = ByteBuffer.allocate(6 * width)
                .order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            switch (descr.substring(1)) {
                case "f4" -> body.putFloat(value);
                case "f8" -> body.putDouble(value);
                case "i8" -> body.putLong(value);
                case "i4", "u4" -> body.putInt(value);
                case "i2", "u2" -> body.putShort((short) value);
                default -> body.put((byte) value);
            }
        }
        return body.array();
    }

    private Path write(int version, String dictionary, byte[] body) {
        byte[] text = dictionary.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + body.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text).put(body);
        try {
            return Files.write(directory.resolve("matrix.npy"), Arrays.copyOf(bytes.array(), bytes.position()));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

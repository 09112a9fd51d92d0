package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/**
 * NumPy's {@code .npy} files: matrices in, index vectors and float64 arrays out.
 *
 * <p>Read are two-dimensional arrays of float16, float32, float64 and integers, in either byte order, row- or
 * column-major. The length of the file is compared with the header before anything is allocated; reading streams blocks
 * of 1 MiB and hands each number on as it is.
 */
public final class NumpyFile {
    private static final int BLOCK = 1 << 20;

    private NumpyFile() {}

    /**
     * Makes what a matrix is read into.
     *
     * @param <T> of this type
     */
    @FunctionalInterface
    public interface Maker<T> {
        /**
         * Makes it.
         *
         * @param rows at least 1
         * @param columns at least 1
         * @return room for so many entries
         */
        T make(int rows, int columns);
    }

    /**
     * Takes entries of a matrix.
     *
     * @param <T> into this type
     */
    @FunctionalInterface
    public interface Setter<T> {
        /**
         * Takes one entry; each comes once, in the order of the file.
         *
         * @param matrix where it belongs
         * @param row from 0
         * @param column from 0
         * @param entry exactly the file's number
         */
        void set(T matrix, int row, int column, double entry);
    }

    /**
     * Reads a matrix.
     *
     * @param <T> what it is read into
     * @param file the file
     * @param maker makes that, once the shape is known and agrees with the length of the file
     * @param setter puts the entries {@code [rows columns]} into it
     * @return what the maker made
     * @throws WorkFailure when the file cannot be read, is no {@code .npy} matrix of numbers, is too short or too long
     *     for its header, or holds an integer that no double equals
     */
    public static <T> T readMatrix(Path file, Maker<T> maker, Setter<T> setter) {
        try (FileChannel channel = InputFile.channel(file)) {
            NumpyHeader header = NumpyHeader.read(channel, file);
            long entries = (long) header.rows() * header.columns();
            // Compared by division, because a made-up shape may not fit into bytes of a long.
            long body = channel.size() - header.length();
            int width = header.number().bytes();
            if (body % width != 0 || body / width != entries) {
                throw new WorkFailure(file + " holds " + body + " bytes of numbers where its header announces "
                        + header.rows() + " x " + header.columns() + " of " + width
                        + " bytes each; the file is damaged, write it again.");
            }
            T matrix = maker.make(header.rows(), header.columns());
            read(channel.position(header.length()), header, file, (row, column, entry) ->
                    setter.set(matrix, row, column, entry));
            return matrix;
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }

    /** Takes entries of the matrix that is read. */
    private interface Sink {
        void set(int row, int column, double entry);
    }

    private static void read(FileChannel channel, NumpyHeader header, Path file, Sink sink) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(header.order()).limit(0);
        int slow = header.columnMajor() ? header.columns() : header.rows();
        int fast = header.columnMajor() ? header.rows() : header.columns();
        for (int a = 0; a < slow; a++) {
            for (int b = 0; b < fast; b++) {
                if (block.remaining() == 0) {
                    refill(channel, block, header.number().bytes(), file);
                }
                double entry = next(block, header.number(), file);
                if (header.columnMajor()) {
                    sink.set(b, a, entry);
                } else {
                    sink.set(a, b, entry);
                }
            }
        }
    }

    private static double next(ByteBuffer block, NumpyHeader.Number number, Path file) {
        int at = block.position();
        double entry = number.next(block);
        if (number == NumpyHeader.Number.I8 && !equal(block.getLong(at), entry)) {
            throw new WorkFailure(file + " holds the integer " + block.getLong(at)
                    + ", which no 64-bit float equals; subtract one constant from all entries first.");
        }
        return entry;
    }

    private static boolean equal(long integer, double rounded) {
        // 2⁶³ is no long and would become the largest one, to which it was rounded up.
        return rounded < 0x1p63 && (long) rounded == integer;
    }

    /** Reads on until the buffer holds whole numbers only. */
    private static void refill(FileChannel channel, ByteBuffer block, int width, Path file) throws IOException {
        block.clear();
        while (block.position() == 0 || block.position() % width != 0) {
            if (channel.read(block) < 0) {
                throw new WorkFailure(file + " became shorter while it was read; read it again.");
            }
        }
        block.flip();
    }

    /**
     * Writes or replaces a vector of int64.
     *
     * @param file the file
     * @param indices {@code [n]} the numbers; not changed
     * @throws WorkFailure when the disk refuses
     */
    public static void writeIndices(Path file, int[] indices) {
        DurableFile.write(file, out -> {
            out.write(header("<i8", indices.length + ","));
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int index : indices) {
                out.write(number.putLong(0, index).array());
            }
        });
    }

    /**
     * Writes or replaces an array of float64, which need not fit into memory.
     *
     * @param file the file
     * @param shape lengths of its axes, at least two
     * @param numbers writes the numbers, little-endian and row-major, as many as the shape announces
     * @throws WorkFailure when the disk refuses
     */
    public static void writeDoubles(Path file, long[] shape, DurableFile.Content numbers) {
        String lengths = String.join(", ", Arrays.stream(shape).mapToObj(Long::toString).toList());
        DurableFile.write(file, out -> {
            out.write(header("<f8", lengths));
            numbers.writeTo(out);
        });
    }

    /** What stands before the numbers, which begin at a multiple of 64, as numpy.save has them. */
    private static byte[] header(String type, String shape) {
        String dictionary = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        int padding = 64 - (10 + dictionary.length() + 1) % 64;
        byte[] text = (dictionary + " ".repeat(padding % 64) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer header = ByteBuffer.allocate(10 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        return header.putShort((short) text.length).put(text).array();
    }
}

package org.thalweg.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * One IDX file of unsigned bytes, read whole: the magic number {@code 0 0 8 rank}, {@code rank} big-endian 4-byte
 * lengths, then the values. Raw or gzip, told by the first two bytes and not by the name.
 *
 * <p>Memory follows the bytes that are there, never the header: a raw file's length is compared first, and a packed
 * one is unpacked piece by piece up to the size its header states and one byte more.
 */
final class IdxFile {
    private static final int UNSIGNED_BYTES = 8;
    /** Deflate cannot do better than 1032 to 1. */
    private static final int MOST_EXPANSION = 1040;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final String origin;
    private final int[] lengths;
    private final byte[] values;
    private final String md5;

    private IdxFile(String origin, int[] lengths, byte[] values, String md5) {
        this.origin = origin;
        this.lengths = lengths;
        this.values = values;
        this.md5 = md5;
    }

    /**
     * Reads a file from disk.
     *
     * @param file the file
     * @param rank 3 for images {@code [n height width]}, 1 for labels {@code [n]}
     * @return its content
     * @throws WorkFailure when it is missing, truncated, too long or no such IDX file
     */
    static IdxFile read(Path file, int rank) {
        try (InputStream in = InputFile.stream(file)) {
            return read(file.toString(), in, OptionalLong.of(Files.size(file)), rank);
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        }
    }

    /**
     * Reads from a stream of which the length may be unknown.
     *
     * @param origin what to call it in messages
     * @param stream the bytes, raw or gzip; the caller closes it
     * @param size the stream's length in bytes when known
     * @param rank 3 for images, 1 for labels
     * @return its content
     * @throws IOException when the stream or its compression breaks off
     * @throws WorkFailure when it is no such IDX file
     */
    static IdxFile read(String origin, InputStream stream, OptionalLong size, int rank) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(stream, 1 << 16);
        buffered.mark(2);
        boolean packed = buffered.read() == GZIP_FIRST && buffered.read() == GZIP_SECOND;
        buffered.reset();
        InputStream in = packed ? new GZIPInputStream(buffered, 1 << 16) : buffered;
        byte[] header = in.readNBytes(4 + 4 * rank);
        int[] lengths = lengths(origin, header, rank);
        long expected = product(origin, lengths);
        if (size.isPresent()) {
            long there = size.getAsLong();
            boolean possible = packed ? expected <= there * MOST_EXPANSION : header.length + expected == there;
            if (!possible) {
                String found = there + (packed ? " packed bytes" : " bytes");
                throw wrongLength(origin, lengths, header.length + expected, found);
            }
        }
        byte[] values = in.readNBytes((int) expected);
        if (values.length < expected) {
            throw wrongLength(origin, lengths, header.length + expected, header.length + values.length + " bytes");
        }
        if (in.read() >= 0) {
            throw wrongLength(origin, lengths, header.length + expected, "more");
        }
        return new IdxFile(origin, lengths, values, Md5.ofBytes(header, values));
    }

    private static int[] lengths(String origin, byte[] header, int rank) {
        String wanted = "the IDX magic number 0 0 8 " + rank + " of unsigned bytes in " + rank + " dimensions";
        String remedy = "give the original " + (rank == 1 ? "labels" : "images") + " file";
        if (header.length < 4 + 4 * rank) {
            throw Refusal.of(origin, wanted + " and a header of " + (4 + 4 * rank) + " bytes",
                    header.length + " bytes", remedy);
        }
        if (header[0] != 0 || header[1] != 0 || header[2] != UNSIGNED_BYTES || header[3] != rank) {
            throw Refusal.of(origin, wanted, IntStream.range(0, 4).mapToObj(i -> "" + (header[i] & 0xff))
                    .collect(Collectors.joining(" ")), remedy);
        }
        int[] lengths = new int[rank];
        ByteBuffer.wrap(header, 4, 4 * rank).asIntBuffer().get(lengths);
        return lengths;
    }

    private static long product(String origin, int[] lengths) {
        long most = Math.min(Integer.MAX_VALUE - 64, Runtime.getRuntime().maxMemory() / 3);
        long product = 1;
        for (int length : lengths) {
            if (length < 1 || product * length > most) {
                throw Refusal.of(origin, "lengths from 1 up to " + most + " bytes in all, as Java's memory allows",
                        shape(lengths), "get the file again or give Java more memory with -Xmx");
            }
            product *= length;
        }
        return product;
    }

    private static WorkFailure wrongLength(String origin, int[] lengths, long expected, String found) {
        return Refusal.of(origin, expected + " bytes for " + shape(lengths) + " as its header says", found,
                "get the file again");
    }

    private static String shape(int[] lengths) {
        return IntStream.of(lengths).mapToObj(Integer::toString).collect(Collectors.joining(" x "));
    }

    /** What to call the file in messages. */
    String origin() {
        return origin;
    }

    /** One of the lengths the header states. */
    int length(int dimension) {
        return lengths[dimension];
    }

    /** The values themselves, not a copy: whoever reads a file owns it. */
    byte[] valuesView() {
        return values;
    }

    /** The MD5 of header and values unpacked, in lower-case hexadecimal: the form in which sums are published. */
    String md5() {
        return md5;
    }
}

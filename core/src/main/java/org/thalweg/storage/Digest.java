package org.thalweg.storage;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.thalweg.failure.WorkFailure;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) {
    private static final long LARGEST_BUFFER = 1L << 30;

    /** Refuses what is not a SHA-256 in lower-case hexadecimal. */
    public Digest {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a SHA-256 has 64 hexadecimal digits, not '" + hex + "'");
        }
    }

    /**
     * The digest of a text in UTF-8.
     *
     * @param text the text
     * @return its digest
     */
    public static Digest ofText(String text) {
        return ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The digest of bytes.
     *
     * @param bytes the bytes; not changed
     * @return their digest
     */
    public static Digest ofBytes(byte[]... bytes) {
        MessageDigest sha = sha256();
        for (byte[] part : bytes) {
            sha.update(part);
        }
        return new Digest(HexFormat.of().formatHex(sha.digest()));
    }

    /**
     * The digest of what stands in memory, part after part.
     *
     * @param parts any lengths; not changed
     * @return their digest
     */
    public static Digest ofMemory(Iterable<MemorySegment> parts) {
        MessageDigest sha = sha256();
        for (MemorySegment part : parts) {
            for (long start = 0; start < part.byteSize(); start += LARGEST_BUFFER) {
                sha.update(part.asSlice(start, Math.min(LARGEST_BUFFER, part.byteSize() - start)).asByteBuffer());
            }
        }
        return new Digest(HexFormat.of().formatHex(sha.digest()));
    }

    /**
     * The digest of a file's content, read in blocks of 1 MiB.
     *
     * @param file the file
     * @return its digest
     * @throws WorkFailure when it cannot be read
     */
    public static Digest ofFile(Path file) {
        MessageDigest sha = sha256();
        try (InputStream in = InputFile.stream(file)) {
            byte[] block = new byte[1 << 20];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                sha.update(block, 0, read);
            }
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
        return new Digest(HexFormat.of().formatHex(sha.digest()));
    }

    /**
     * A short form for names and logs.
     *
     * @return the first 12 digits
     */
    public String brief() {
        return hex.substring(0, 12);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}

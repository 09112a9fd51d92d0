package org.thalweg.benchmarks.fuzz;

import java.nio.charset.StandardCharsets;

/**
 * A content that a reader accepts, before it is damaged.
 *
 * @param variant says where the reader puts the content; without dots
 * @param format how it can be damaged in ways that only such contents know
 * @param content the bytes; not copied, never changed
 */
record Seed(String variant, Format format, byte[] content) {
    /** What kind of content it is. */
    enum Format {
        /** Bytes of a format whose numbers stand at fixed places. */
        BYTES,
        /** One JSON value. */
        JSON,
        /** A YAML text. */
        YAML,
        /** Lines of text. */
        LINES,
        /** A little-endian length of eight bytes, so much JSON, and numbers. */
        SAFETENSORS,
        /** Entries of 512-byte blocks, whose sums are mended after a change. */
        TAR
    }

    static Seed of(String variant, Format format, String text) {
        return new Seed(variant, format, text.getBytes(StandardCharsets.UTF_8));
    }
}

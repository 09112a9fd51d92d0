package org.thalweg.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How far a packed archive may unfold before it is refused. Nothing is ever written to disk, so the limits guard memory
 * and time.
 *
 * @param entries the most files and directories
 * @param entryBytes the most bytes in one file
 * @param keptBytes the most bytes in all files that are kept in memory
 * @param unpackedBytes the most bytes in all, kept or skipped
 */
record TarLimits(int entries, long entryBytes, long keptBytes, long unpackedBytes) {
    private static final long SMALLEST_BOUND = 64L << 20;
    private static final long LARGEST_EXPANSION = 200;

    /**
     * The limits for one archive: two million entries, 512 MiB a file, a quarter of the memory the program may use (the
     * pixels need room beside), and 200 times the archive's own size (images hardly shrink, a larger ratio is an attack
     * or a mistake).
     *
     * @param archive the packed file
     * @return its limits
     */
    static TarLimits forArchive(Path archive) {
        try {
            long unpacked = SMALLEST_BOUND + LARGEST_EXPANSION * Files.size(archive);
            return new TarLimits(2_000_000, 512L << 20, Runtime.getRuntime().maxMemory() / 4, unpacked);
        } catch (IOException refused) {
            throw Refusal.unreadable(archive.toString(), refused);
        }
    }
}

package org.thalweg.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.thalweg.failure.WorkFailure;

/** Writes files so that a reader sees the old content or the new, never a part: written beside, synced, renamed. */
public final class DurableFile {
    /** Something that writes the whole content of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the content.
         *
         * @param out where to; the caller closes it
         * @throws IOException when the disk refuses
         */
        void writeTo(FileOutput out) throws IOException;
    }

    private DurableFile() {}

    /**
     * Writes or replaces a file.
     *
     * @param file the file; its directory is made when missing
     * @param content what to write
     * @throws WorkFailure when the disk refuses; then the old file, if any, is still there
     */
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path beside = target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        boolean placed = false;
        try (Underway _ = Underway.unlocked(beside)) {
            try {
                Files.createDirectories(target.getParent());
                try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                    FileOutput out = new FileOutput(channel);
                    content.writeTo(out);
                    out.flush();
                    channel.force(true);
                }
                rename(beside, target);
                placed = true;
            } finally {
                if (!placed) {
                    deleteQuietly(beside);
                }
            }
        } catch (IOException refused) {
            throw failure(file, refused);
        }
    }

    /**
     * Fails when a file could not be written; for asking before long work begins.
     *
     * @param file the file
     * @throws WorkFailure when a directory exists there, or the system refuses
     */
    public static void requireWritable(Path file) {
        if (Files.isDirectory(file)) {
            throw new WorkFailure(file + " is a directory, so no file can be written there; choose another place.");
        }
        DurableDirectory.requireWritable(file);
    }

    /**
     * Writes or replaces a text file in UTF-8.
     *
     * @param file the file
     * @param text the whole text
     * @throws WorkFailure when the disk refuses
     */
    public static void writeText(Path file, String text) {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Renames a file or directory in one step and syncs the directory it stands in.
     *
     * @param from what is there, on the same file system
     * @param to the new name
     * @throws IOException when the file system refuses
     */
    public static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException unsupported) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
        syncDirectory(to.toAbsolutePath().getParent());
    }

    /**
     * Syncs a directory's entries where the platform can (Windows cannot open directories, and needs no sync).
     *
     * @param directory the directory
     */
    public static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            // The rename itself is atomic everywhere; only its durability over a power cut is lost here.
        }
    }

    /**
     * The one sentence for a file that cannot be written.
     *
     * @param file the file
     * @param refused what the system said
     * @return the failure to throw
     */
    public static WorkFailure failure(Path file, IOException refused) {
        String why = refused.getMessage() == null ? refused.getClass().getSimpleName() : refused.getMessage();
        String advice = why.contains("No space left")
                ? "the disk is full, free some space and run again: what was finished is kept"
                : why + "; check that the directory exists and is writable";
        return new WorkFailure("cannot write " + file + ": " + advice + ".", refused);
    }

    private static void deleteQuietly(Path beside) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException stillThere) {
            // The part file is named as such and is never read; the failure being reported matters more.
        }
    }
}

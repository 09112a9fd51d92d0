package org.thalweg.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;

/**
 * Writes directories so that a reader sees all of one or nothing: filled beside its place as {@code .NAME.PID.part},
 * every file and directory synced, renamed. One process at a time may write a given directory.
 */
public final class DurableDirectory {
    private static final Pattern LEFTOVER = Pattern.compile("\\.(.+)\\.(\\d{1,18})\\.(part|old)");

    /** Something that writes the files of a directory. */
    @FunctionalInterface
    public interface Filler {
        /**
         * Writes the files.
         *
         * @param part an empty directory, renamed to its final name afterwards; do not keep the path
         * @throws IOException when the disk refuses
         */
        void fill(Path part) throws IOException;
    }

    private DurableDirectory() {}

    /**
     * Writes a new directory.
     *
     * @param directory where it is to stand; its parent is made when missing
     * @param filler writes its files; whatever it throws is passed on
     * @throws WorkFailure when something stands there already or the disk refuses; then nothing is left behind
     */
    public static void write(Path directory, Filler filler) {
        requireAbsent(directory);
        place(directory, filler, part -> Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE));
    }

    /**
     * Writes a directory in the place of one that may be there. Should the process be killed between the two renames,
     * the old directory is put back by {@link #removeLeftovers}.
     *
     * @param directory where it is to stand; its parent is made when missing
     * @param filler writes its files; whatever it throws is passed on
     * @throws WorkFailure when a file stands there or the disk refuses; then the old directory is unchanged
     */
    public static void replace(Path directory, Filler filler) {
        boolean there = Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
        if (there && !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new WorkFailure(directory + " is not a directory, so it is not overwritten; choose another place.");
        }
        if (!there) {
            write(directory, filler);
            return;
        }
        place(directory, filler, part -> {
            Path old = beside(directory, "old");
            deleteRecursively(old);
            Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
            try {
                Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException refused) {
                Files.move(old, directory, StandardCopyOption.ATOMIC_MOVE);
                throw refused;
            }
            deleteRecursively(old);
        });
    }

    /**
     * Fails when something stands where a directory is to be written; for asking before long work begins.
     *
     * @param directory the place
     * @throws WorkFailure when something is there
     */
    public static void requireAbsent(Path directory) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new WorkFailure(directory + " exists already; choose another place or ask for it to be overwritten.");
        }
    }

    /**
     * Deletes a file or a directory with all it contains, without following links; does nothing when it is not there.
     *
     * @param path what to delete
     * @throws WorkFailure when the disk refuses
     */
    public static void deleteRecursively(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException refused) {
            throw new WorkFailure("cannot delete " + path + ": " + refused.getMessage() + ".", refused);
        }
    }

    /**
     * Deletes what dead processes left half-written in a directory ({@code .NAME.PID.part}, files and directories), and
     * puts back a directory whose replacement was interrupted. Things of living processes are left alone.
     *
     * @param parent the directory to clean; nothing happens when it is not there
     * @throws WorkFailure when the disk refuses
     */
    public static void removeLeftovers(Path parent) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (Stream<Path> entries = Files.list(parent)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Matcher name = LEFTOVER.matcher(entry.getFileName().toString());
                if (!name.matches() || isAlive(Long.parseLong(name.group(2)))) {
                    continue;
                }
                Path finished = entry.resolveSibling(name.group(1));
                if (name.group(3).equals("old") && !Files.exists(finished, LinkOption.NOFOLLOW_LINKS)) {
                    DurableFile.rename(entry, finished);
                } else {
                    deleteRecursively(entry);
                }
            }
        } catch (IOException refused) {
            throw new WorkFailure("cannot clean up " + parent + ": " + refused.getMessage() + ".", refused);
        }
    }

    private static void place(Path directory, Filler filler, Filler rename) {
        Path part = beside(directory, "part");
        boolean placed = false;
        try {
            Files.createDirectories(part.getParent());
            // Only a process with this number can have left it, and that one is dead.
            deleteRecursively(part);
            Files.createDirectory(part);
            filler.fill(part);
            syncTree(part);
            rename.fill(part);
            placed = true;
            DurableFile.syncDirectory(part.getParent());
        } catch (IOException refused) {
            throw DurableFile.failure(directory, refused);
        } finally {
            if (!placed) {
                deleteQuietly(part);
            }
        }
    }

    private static Path beside(Path directory, String kind) {
        Path target = directory.toAbsolutePath().normalize();
        return target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + "." + kind);
    }

    private static void syncTree(Path part) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(part)) {
            all = walk.toList();
        }
        for (Path path : all.reversed()) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                DurableFile.syncDirectory(path);
            } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static boolean isAlive(long process) {
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void deleteQuietly(Path part) {
        try {
            deleteRecursively(part);
        } catch (WorkFailure stillThere) {
            // The part is named as such and is never read; the failure being reported matters more.
        }
    }
}

package org.thalweg.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;

/**
 * Writes directories so that a reader sees all of one or nothing: filled beside its place as {@code .NAME.PID.part},
 * every file and directory synced, renamed. While that goes on, the end of the program by a signal waits, and a lock
 * shows other processes that one is at work ({@link Leftovers}). One process at a time may write a given directory.
 */
public final class DurableDirectory {
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
     * @throws WorkFailure when something exists there already or the disk refuses; then nothing is left behind
     */
    public static void write(Path directory, Filler filler) {
        clearOwn(directory);
        requireAbsent(directory);
        place(directory, filler, (part, _) -> Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE));
    }

    /**
     * Writes a directory in the place of one that may be there, whatever that holds.
     *
     * @param directory where it is to stand; its parent is made when missing
     * @param filler writes its files; whatever it throws is passed on
     * @throws WorkFailure when a file exists there or the disk refuses; then the old directory is unchanged
     */
    public static void replace(Path directory, Filler filler) {
        replace(directory, _ -> { }, filler);
    }

    /**
     * Writes a directory in the place of one that may be there. The old one is moved aside, and removed only when the
     * new one stands. Should the process be killed in between, {@link Leftovers#clear} puts the old one back.
     *
     * @param directory where it is to stand; its parent is made when missing
     * @param check throws when the old directory must stay; asked before anything is written and again before it is
     *     moved, since work in between may take long
     * @param filler writes its files; whatever it throws is passed on
     * @throws WorkFailure when a file exists there or the disk refuses; then the old directory is unchanged
     */
    public static void replace(Path directory, Consumer<Path> check, Filler filler) {
        clearOwn(directory);
        boolean there = Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
        if (!there) {
            write(directory, filler);
            return;
        }
        requireDirectory(directory);
        check.accept(directory);
        place(directory, filler, (part, old) -> {
            check.accept(directory);
            Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
            try {
                Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException refused) {
                putBack(old, directory);
                throw refused;
            }
            DurableFile.syncDirectory(part.getParent());
            try {
                Leftovers.discard(old, part);
            } catch (IOException | WorkFailure stillThere) {
                // The new one stands; the next run finds the rest of the old one and deletes it.
            }
        });
    }

    private static void putBack(Path old, Path directory) throws IOException {
        try {
            Files.move(old, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException taken) {
            // Not under the name of a leftover, which the next run would delete.
            Path kept = directory.resolveSibling(directory.getFileName() + ".former-" + ProcessHandle.current().pid());
            Files.move(old, kept, StandardCopyOption.ATOMIC_MOVE);
            throw new WorkFailure("something else took the place of " + directory + " while it was replaced; what "
                    + "stood there before is in " + kept + ".", taken);
        }
    }

    private static void requireDirectory(Path directory) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new WorkFailure(directory + " is not a directory, so it is not overwritten; choose another place.");
        }
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
     * Fails when a directory could not be written; for asking before long work begins. Makes an entry beside it and
     * deletes it again.
     *
     * @param directory the place
     * @throws WorkFailure when a file stands where a directory above it should, or the system refuses
     */
    public static void requireWritable(Path directory) {
        Path target = directory.toAbsolutePath().normalize();
        if (target.getParent() == null) {
            throw new WorkFailure(directory + " is the root of a disk; choose another place.");
        }
        Path above = existing(target.getParent());
        if (!Files.isDirectory(above)) {
            throw new WorkFailure(above + " is not a directory, so nothing can be written to " + directory
                    + "; choose another place.");
        }
        Path trial = Leftovers.Owner.ofThisProcess(above.resolve(target.getFileName())).path("part");
        try {
            Files.createDirectory(trial);
            Files.delete(trial);
        } catch (FileAlreadyExistsException leftover) {
            // Then the directory could be written once; what it is, Leftovers decides.
        } catch (IOException refused) {
            throw DurableFile.failure(directory, refused);
        }
    }

    /**
     * The nearest directory or file that is there.
     *
     * @param path an absolute path
     * @return the path itself or what is above it
     */
    public static Path existing(Path path) {
        Path there = path;
        while (there.getParent() != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = there.getParent();
        }
        return there;
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
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                    // Another process may delete the same leftover.
                    if (failed instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failed;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException refused) {
            throw new WorkFailure("cannot delete " + path + ": " + refused.getMessage() + ".", refused);
        }
    }

    private static void place(Path directory, Filler filler, Swap rename) {
        Leftovers.Owner owner = Leftovers.Owner.ofThisProcess(directory);
        Path part = owner.path("part");
        List<Path> made = missing(part.getParent());
        boolean placed = false;
        try {
            Files.createDirectories(part.getParent());
            try (Underway _ = Underway.locked(owner)) {
                try {
                    Files.createDirectory(part);
                    filler.fill(part);
                    syncTree(part);
                    rename.into(part, owner.path("old"));
                    placed = true;
                    DurableFile.syncDirectory(part.getParent());
                } finally {
                    if (!placed) {
                        deleteQuietly(part);
                    }
                }
            }
        } catch (IOException refused) {
            throw DurableFile.failure(directory, refused);
        } finally {
            if (!placed) {
                deleteEmpty(made);
            }
        }
    }

    /** Puts a filled directory in its place; may move what stands there aside. */
    @FunctionalInterface
    private interface Swap {
        void into(Path part, Path old) throws IOException;
    }

    private static void clearOwn(Path directory) {
        try {
            Leftovers.clearOwn(directory);
        } catch (IOException refused) {
            throw DurableFile.failure(directory, refused);
        }
    }

    /** The directories that are to be made, the outermost last. */
    private static List<Path> missing(Path parent) {
        List<Path> missing = new ArrayList<>();
        for (Path path = parent; path != null && !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
                path = path.getParent()) {
            missing.add(path);
        }
        return missing;
    }

    private static void deleteEmpty(List<Path> directories) {
        try {
            for (Path directory : directories) {
                Files.deleteIfExists(directory);
            }
        } catch (IOException inUse) {
            // Another process put something there, or the disk refuses: empty directories do no harm.
        }
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

    private static void deleteQuietly(Path part) {
        try {
            deleteRecursively(part);
        } catch (WorkFailure stillThere) {
            // The part is named as such and is never read; the failure being reported matters more.
        }
    }
}

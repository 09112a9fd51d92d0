package org.thalweg.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * Files in a directory, read when asked for.
 *
 * @param root the directory
 * @param files the paths of the files
 * @param directories the paths of the directories
 */
record DirectoryTree(Path root, SortedSet<String> files, SortedSet<String> directories) implements FileTree {
    private static final int DEEPEST = 8;
    private static final int LARGEST_FILE = 512 << 20;

    /**
     * Lists what stands below some children of a directory; links are followed, loops refused.
     *
     * @param root the directory
     * @param children the names of the children to look into, where they exist
     * @param wanted tells by its path which file to list
     * @return the tree
     * @throws WorkFailure when the directory cannot be listed
     */
    static DirectoryTree of(Path root, Iterable<String> children, Predicate<String> wanted) {
        SortedSet<String> files = new TreeSet<>();
        SortedSet<String> directories = new TreeSet<>();
        for (String child : children) {
            if (!Files.isDirectory(root.resolve(child))) {
                continue;
            }
            try (Stream<Path> found = Files.walk(root.resolve(child), DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
                found.forEach(path -> {
                    String relative = root.relativize(path).toString().replace('\\', '/');
                    if (Files.isDirectory(path)) {
                        directories.add(relative);
                    } else if (Files.isRegularFile(path) && wanted.test(relative)) {
                        files.add(relative);
                    }
                });
            } catch (UncheckedIOException refused) {
                throw Refusal.unreadable(root.toString(), refused.getCause());
            } catch (IOException refused) {
                throw Refusal.unreadable(root.toString(), refused);
            }
        }
        return new DirectoryTree(root, files, directories);
    }

    @Override
    public String origin() {
        return root.toString();
    }

    @Override
    public byte[] read(String path) {
        return readFile(root.resolve(path));
    }

    @Override
    public long length(String path) {
        try {
            return Files.size(root.resolve(path));
        } catch (IOException refused) {
            throw Refusal.unreadable(nameOf(path), refused);
        }
    }

    /**
     * Reads a whole file of at most 512 MiB.
     *
     * @param file the file
     * @return its content
     * @throws WorkFailure when it is missing, unreadable or larger
     */
    static byte[] readFile(Path file) {
        return InputFile.bytes(file, LARGEST_FILE);
    }
}

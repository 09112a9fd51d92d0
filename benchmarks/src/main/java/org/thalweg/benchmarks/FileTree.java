package org.thalweg.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.thalweg.storage.Digest;

/**
 * What a directory holds.
 *
 * @param files SHA-256 by path within the directory
 */
record FileTree(Map<String, String> files) {
    /** All files below a directory, or the file itself; none when nothing is there. */
    static FileTree of(Path place) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (Path file : below(place, Files::isRegularFile)) {
            files.put(place.relativize(file).toString(), Digest.ofFile(file).hex());
        }
        return new FileTree(files);
    }

    static List<Path> below(Path place, Predicate<Path> kind) throws IOException {
        while (Files.exists(place)) {
            try (Stream<Path> walk = Files.walk(place)) {
                return walk.filter(kind).sorted().toList();
            } catch (UncheckedIOException | NoSuchFileException changing) {
                // A process at work renames what is walked through.
                Thread.onSpinWait();
            }
        }
        return List.of();
    }

    static void copy(Path from, Path to) throws IOException {
        for (Path path : below(from, _ -> true)) {
            Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
    }
}

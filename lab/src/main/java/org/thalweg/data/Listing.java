package org.thalweg.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What stands in a directory. */
final class Listing {
    private Listing() {}

    /**
     * Children that pass, hidden ones left out, ordered by name.
     *
     * @param directory any directory
     * @param wanted which
     * @return their paths
     * @throws org.thalweg.failure.WorkFailure when it cannot be listed
     */
    static List<Path> of(Path directory, Predicate<Path> wanted) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.filter(path -> !path.getFileName().toString().startsWith(".")).filter(wanted)
                    .sorted().toList();
        } catch (IOException refused) {
            throw Refusal.unreadable(directory.toString(), refused);
        }
    }
}

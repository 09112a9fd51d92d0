package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/** Sorts the entries of a model's directory into its companions and the rest. */
final class CompanionWalk {
    private static final int DEEPEST = 4;
    private static final int MOST_IN_FOLDERS = 1_000;
    private static final long LARGEST = 512L << 20;

    private final Path root;
    private final Optional<Path> blobs;
    private final Set<String> own;
    private final List<String> cards;
    private final Set<String> code;

    private CompanionWalk(Path directory, Set<String> own) throws IOException {
        this.root = directory.toRealPath();
        this.blobs = blobs(root);
        this.own = own;
        this.cards = cards(directory);
        this.code = CustomCode.of(directory);
    }

    /**
     * Sorts a directory.
     *
     * @param directory of a model; not changed
     * @param own names of the model's configuration and weights
     * @throws WorkFailure when the directory cannot be read
     */
    static Companions of(Path directory, Set<String> own) {
        try {
            CompanionWalk walk = new CompanionWalk(directory, own);
            Found found = new Found();
            walk.sort(directory, "", found);
            return new Companions(found.files, found.leftOut, found.others);
        } catch (IOException refused) {
            throw InputFile.unreadable(directory, refused);
        }
    }

    private static final class Found {
        private final SortedMap<String, Path> files = new TreeMap<>();
        private final SortedMap<String, String> leftOut = new TreeMap<>();
        private final SortedSet<String> others = new TreeSet<>();

        private int visited;
    }

    /** In a cache, {@code models--OWNER--NAME/snapshots/REVISION} links into {@code models--OWNER--NAME/blobs}. */
    private static Optional<Path> blobs(Path root) throws IOException {
        for (Path path = root; path.getParent() != null && path.getParent().getFileName() != null;
                path = path.getParent()) {
            Path above = path.getParent();
            if (path.getFileName().toString().equals("snapshots")
                    && above.getFileName().toString().startsWith("models--")
                    && Files.isDirectory(above.resolve("blobs"))) {
                return Optional.of(above.resolve("blobs").toRealPath());
            }
        }
        return Optional.empty();
    }

    private static List<String> cards(Path directory) throws IOException {
        List<String> cards = new ArrayList<>();
        for (Path entry : entries(directory, Integer.MAX_VALUE)) {
            if (CompanionNames.isCard(entry.getFileName().toString()) && Files.isRegularFile(entry)
                    && Files.size(entry) < 4 << 20) {
                cards.add(Files.readString(entry, StandardCharsets.ISO_8859_1));
            }
        }
        return cards;
    }

    private static List<Path> entries(Path directory, int most) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.limit(most).sorted().toList();
        }
    }

    private void sort(Path folder, String prefix, Found found) throws IOException {
        boolean isTop = prefix.isEmpty();
        for (Path entry : entries(folder, isTop ? Integer.MAX_VALUE : MOST_IN_FOLDERS + 1)) {
            String name = entry.getFileName().toString();
            String path = prefix + name;
            found.visited++;
            if (!isTop && found.visited > MOST_IN_FOLDERS) {
                return;
            }
            if (isTop && own.contains(name)) {
                continue;
            }
            if (name.startsWith(".") && !name.equals(".gitattributes") || CompanionNames.isWeights(name)) {
                found.others.add(path);
                continue;
            }
            sort(entry, path, found, isTop);
        }
    }

    private void sort(Path entry, String path, Found found, boolean isTop) throws IOException {
        Optional<String> astray = Files.isSymbolicLink(entry) ? astray(entry) : Optional.empty();
        if (astray.isPresent()) {
            found.leftOut.put(path, astray.get());
        } else if (Files.isDirectory(entry)) {
            folder(entry, path, found, isTop);
        } else if (!Files.isRegularFile(entry)) {
            found.leftOut.put(path, "neither a file nor a directory");
        } else if (!CompanionNames.isKnown(path, cards, code)) {
            found.leftOut.put(path, "not a file that is known to go with a model");
        } else if (Files.size(entry) > LARGEST) {
            found.leftOut.put(path, "larger than " + (LARGEST >> 20) + " MiB");
        } else {
            found.files.put(path, entry);
        }
    }

    private void folder(Path folder, String path, Found found, boolean isTop) throws IOException {
        Found inside = new Found();
        inside.visited = isTop ? 0 : found.visited;
        if (path.chars().filter(c -> c == '/').count() >= DEEPEST) {
            found.leftOut.put(path, "too deep");
            return;
        }
        sort(folder, path + "/", inside);
        found.visited = inside.visited;
        if (isTop && inside.others.stream().anyMatch(CompanionNames::isWeights)) {
            found.leftOut.put(path, "a folder with weights of its own");
        } else if (isTop && inside.visited > MOST_IN_FOLDERS) {
            found.leftOut.put(path, "a folder of too many files");
        } else {
            found.files.putAll(inside.files);
            found.leftOut.putAll(inside.leftOut);
            found.others.addAll(inside.others);
        }
    }

    /** Why a link is not followed, if it is not. */
    private Optional<String> astray(Path link) {
        try {
            Path target = link.toRealPath();
            return target.startsWith(root) || blobs.filter(target::startsWith).isPresent()
                    ? Optional.empty() : Optional.of("a link that leads out of the directory");
        } catch (IOException dangling) {
            return Optional.of("a link that leads nowhere");
        }
    }
}

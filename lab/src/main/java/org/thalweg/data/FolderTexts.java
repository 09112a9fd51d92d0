package org.thalweg.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Labelled texts in one folder a class, packed or not: {@code CLASS/NAME.txt}, as NLTK has movie reviews, or
 * {@code train/CLASS/NAME.txt} and {@code test/CLASS/NAME.txt}, as IMDB's come. Texts are ordered by their names, those
 * of equal names by class, so that no part has one class alone.
 */
final class FolderTexts {
    private static final List<String> PARTS = List.of("train", "test");
    /** IMDB's reviews without a class. */
    private static final String UNLABELLED = "unsup";

    private FolderTexts() {}

    private static boolean wanted(String path) {
        return path.endsWith(".txt") && !path.contains("/" + UNLABELLED + "/")
                && Stream.of(path.split("/")).noneMatch(part -> part.startsWith("."));
    }

    /**
     * The texts in a directory.
     *
     * @param name of the set
     * @param directory any directory
     * @return the set; nothing when there are no two folders with texts
     */
    static Optional<TextSet> in(String name, Path directory) {
        List<String> children = Listing.of(directory, Files::isDirectory).stream()
                .map(path -> path.getFileName().toString()).toList();
        return of(name, DirectoryTree.of(directory, children, FolderTexts::wanted));
    }

    /**
     * The texts in a zip archive.
     *
     * @param name of the set
     * @param archive the archive
     * @return the set
     * @throws org.thalweg.failure.WorkFailure when it is damaged, or there are no two folders with texts
     */
    static TextSet zip(String name, Path archive) {
        return of(name, new Zip(archive, TarLimits.forArchive(archive)).read(FolderTexts::wanted))
                .orElseThrow(() -> Refusal.of(archive.toString(), "texts as CLASS/NAME.txt, of two classes at least",
                        "none", "unpack it and pass what is in it"));
    }

    private static Optional<TextSet> of(String name, FileTree tree) {
        boolean parts = PARTS.stream().allMatch(part -> tree.files().stream()
                .anyMatch(path -> path.startsWith(part + "/") && path.split("/").length == 3));
        if (parts) {
            SortedSet<String> classes = classes(tree, path -> path.startsWith("train/"), 1);
            LabelledTexts train = texts(tree, path -> path.startsWith("train/"), 1, classes);
            return Optional.of(new TextSet.Labelled(
                    name, train, texts(tree, path -> path.startsWith("test/"), 1, classes)));
        }
        SortedSet<String> classes = classes(tree, _ -> true, 0);
        return classes.size() < 2 ? Optional.empty() : Optional.of(new TextSet.Labelled(
                name, texts(tree, _ -> true, 0, classes), LabelledTexts.none(List.copyOf(classes))));
    }

    private static SortedSet<String> classes(FileTree tree, Predicate<String> part, int depth) {
        SortedSet<String> classes = new TreeSet<>();
        paths(tree, part, depth).forEach(path -> classes.add(path.split("/")[depth]));
        return classes;
    }

    private static List<String> paths(FileTree tree, Predicate<String> part, int depth) {
        return tree.files().stream().filter(part).filter(path -> path.split("/").length == depth + 2).toList();
    }

    private static LabelledTexts texts(FileTree tree, Predicate<String> part, int depth, SortedSet<String> classes) {
        List<String> texts = new ArrayList<>();
        List<String> classOf = new ArrayList<>();
        paths(tree, part, depth).stream()
                .sorted(Comparator.comparing((String path) -> path.substring(path.lastIndexOf('/')))
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(path -> {
                    String own = path.split("/")[depth];
                    if (!classes.contains(own)) {
                        throw Refusal.of(tree.nameOf(path), "one of the classes " + String.join(", ", classes),
                                "class '" + own + "'", "name the folders alike in both parts");
                    }
                    texts.add(text(tree, path));
                    classOf.add(own);
                });
        return LabelledTexts.of(classes, texts, classOf);
    }

    private static String text(FileTree tree, String path) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(tree.read(path))).toString().strip();
        } catch (CharacterCodingException malformed) {
            throw Refusal.of(tree.nameOf(path), "text in UTF-8", "bytes that are none", "convert it to UTF-8");
        }
    }
}

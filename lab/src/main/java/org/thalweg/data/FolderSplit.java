package org.thalweg.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.thalweg.failure.WorkFailure;

/**
 * One split of an image folder: which files, and the class of each by name. The class is the folder directly below the
 * split's, or what {@code val_annotations.txt} says (Tiny ImageNet keeps its validation images in one folder).
 *
 * @param folder the split's folder
 * @param classNames the classes that have a folder or an image, sorted
 * @param paths the images, sorted by path
 * @param classes the class of each image
 */
record FolderSplit(String folder, List<String> classNames, List<String> paths, List<String> classes) {
    /** The folders a split may be called by: training first, then test in the order of preference. */
    static final List<String> NAMES = List.of("train", "test", "val");

    private static final String ANNOTATIONS = "val/val_annotations.txt";

    /** Takes unmodifiable copies. */
    FolderSplit {
        classNames = List.copyOf(classNames);
        paths = List.copyOf(paths);
        classes = List.copyOf(classes);
    }

    /** Whether a file is read at all: an image by its ending and not hidden, or the annotations. */
    static boolean wanted(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        boolean hidden = Arrays.stream(path.split("/")).anyMatch(part -> part.startsWith("."));
        boolean image = lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".png");
        return image && !hidden || path.endsWith(ANNOTATIONS);
    }

    /**
     * Lists one split.
     *
     * @param tree the whole folder
     * @param folder the split's folder
     * @return the split, or nothing when the folder holds no image in a class folder
     * @throws WorkFailure when a class folder is empty
     */
    static Optional<FolderSplit> find(FileTree tree, String folder) {
        Map<String, String> annotated = folder.equals("val") ? annotations(tree) : Map.of();
        SortedSet<String> classNames = new TreeSet<>();
        List<String> paths = new ArrayList<>();
        List<String> classes = new ArrayList<>();
        for (String path : tree.files()) {
            String[] parts = path.split("/");
            if (parts[0].equals(folder) && parts.length > 2) {
                String className = annotated.isEmpty() ? parts[1] : annotation(tree, annotated, path);
                classNames.add(className);
                paths.add(path);
                classes.add(className);
            }
        }
        if (annotated.isEmpty() && !paths.isEmpty()) {
            refuseEmptyClasses(tree, folder, classNames);
        }
        return paths.isEmpty() ? Optional.empty()
                : Optional.of(new FolderSplit(folder, List.copyOf(classNames), paths, classes));
    }

    /**
     * The label of every image.
     *
     * @param names the classes in label order
     * @param tree the whole folder, for messages
     * @return [n] labels
     * @throws WorkFailure when an image is of no such class
     */
    int[] labels(List<String> names, FileTree tree) {
        Map<String, Integer> numbers = new HashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));
        int[] labels = new int[paths.size()];
        for (int i = 0; i < labels.length; i++) {
            Integer label = numbers.get(classes.get(i));
            if (label == null) {
                throw Refusal.of(tree.nameOf(paths.get(i)), "one of the " + names.size() + " classes in train",
                        "class '" + classes.get(i) + "'", "name the class folders alike in both splits");
            }
            labels[i] = label;
        }
        return labels;
    }

    private static void refuseEmptyClasses(FileTree tree, String folder, SortedSet<String> filled) {
        for (String directory : tree.directories()) {
            String[] parts = directory.split("/");
            if (parts.length == 2 && parts[0].equals(folder) && !parts[1].startsWith(".")
                    && !filled.contains(parts[1])) {
                throw Refusal.of(tree.nameOf(directory), "JPEG or PNG images in every class folder", "none",
                        "fill or remove the folder");
            }
        }
    }

    private static Map<String, String> annotations(FileTree tree) {
        Map<String, String> classOf = new HashMap<>();
        if (tree.files().contains(ANNOTATIONS)) {
            for (String line : new String(tree.read(ANNOTATIONS), StandardCharsets.UTF_8).lines().toList()) {
                String[] columns = line.split("\t");
                if (columns.length < 2) {
                    throw Refusal.of(tree.nameOf(ANNOTATIONS), "a file name, a tab and a class in each line",
                            "'" + line.strip() + "'", "get the file again");
                }
                classOf.put(columns[0], columns[1]);
            }
        }
        return classOf;
    }

    private static String annotation(FileTree tree, Map<String, String> annotated, String path) {
        String className = annotated.get(path.substring(path.lastIndexOf('/') + 1));
        if (className == null) {
            throw Refusal.of(tree.nameOf(path), "its class in " + ANNOTATIONS, "no line for it",
                    "remove the image or get the file again");
        }
        return className;
    }
}

package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * Directories that may be replaced by a new model: empty ones, and those that are wholly a model, which means that it
 * opens and that every file is its configuration, its weights, a companion by the rule of {@link Companions}, or the
 * alignment that it was moved by. Links are never part of one: this program writes none.
 */
public final class ReplaceableModel {
    /** Files with the element that a model was moved by. */
    static final Set<String> ALIGNMENTS = Set.of("alignment.json", "alignment.safetensors");

    private ReplaceableModel() {}

    /**
     * Refuses to have a directory replaced that holds anything else.
     *
     * @param directory the directory; not changed
     * @throws WorkFailure naming what is in the way
     */
    public static void require(Path directory) {
        List<String> names = names(directory);
        if (names.isEmpty()) {
            return;
        }
        if (!names.contains(CheckpointWriter.CONFIG)) {
            throw new WorkFailure(directory + " holds " + Shown.name(names.getFirst()) + " and no model, so it is not "
                    + "overwritten; choose another place.");
        }
        Checkpoint model;
        try {
            model = Checkpoint.open(directory);
        } catch (WorkFailure damaged) {
            String first = names.stream().filter(name -> !name.equals(CheckpointWriter.CONFIG)).findFirst()
                    .orElse(CheckpointWriter.CONFIG);
            throw new WorkFailure(directory + " holds " + Shown.name(first) + " and no whole model ("
                    + damaged.getMessage().replaceFirst("\\.$", "") + "), so it is not overwritten; choose another "
                    + "place, or delete it if it is not needed.", damaged);
        }
        stranger(directory, model).ifPresent(file -> {
            throw new WorkFailure(directory + " holds " + Shown.name(file) + ", which is no part of its model, so it "
                    + "is not overwritten; move that elsewhere or choose another place.");
        });
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException refused) {
            throw InputFile.unreadable(directory, refused);
        }
    }

    /** The first file in alphabetical order that replacing the directory must not delete. */
    private static Optional<String> stranger(Path directory, Checkpoint model) {
        Companions companions = model.companions();
        Set<String> strangers = new TreeSet<>(companions.leftOut().keySet());
        strangers.addAll(companions.others());
        strangers.addAll(links(directory));
        return strangers.stream().findFirst();
    }

    private static List<String> links(Path directory) {
        List<String> links = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                        links.add(directory.relativize(file).toString());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException refused) {
            throw InputFile.unreadable(directory, refused);
        }
        return links;
    }
}

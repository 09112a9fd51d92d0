package org.thalweg.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.ReplaceableModel;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.InputFile;

/**
 * Where a new model is written.
 *
 * @param directory of the new model
 * @param overwrite whether a model that is already there is replaced as a whole
 */
public record Output(Path directory, boolean overwrite) {
    /**
     * Checks the place before long work begins. Only what is wholly a model, or an empty directory, is ever replaced,
     * as {@link ReplaceableModel} says, and never what the new model is made from.
     *
     * @param written the model whose tensors and companions are to be written, moved; it is read from its directory
     * @param alsoRead other directories and files that are read
     * @throws WorkFailure when something is already there that may not be replaced, the place cannot be written, or its
     *     disk has too little room
     * @throws WrongUse when writing would delete what is read, or stand in it
     */
    void require(Checkpoint written, Path... alsoRead) {
        if (Files.isSymbolicLink(directory)) {
            throw new WorkFailure(directory + " is a link, which no model is written through; give the directory that "
                    + "it leads to, or another place.");
        }
        boolean there = Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
        if (there && !overwrite) {
            throw new WorkFailure(directory + " exists already; choose another place or allow 'overwrite'.");
        }
        requireApart(written.directory());
        for (Path read : alsoRead) {
            requireApart(read);
        }
        if (there && !Files.isDirectory(directory)) {
            throw new WorkFailure(directory + " is not a directory, so it is not overwritten; choose another place.");
        }
        if (there) {
            ReplaceableModel.require(directory);
        }
        DurableDirectory.requireWritable(directory);
        requireRoom(written, written.tensors());
    }

    /**
     * Checks that two new models do not stand in one place.
     *
     * @param other another place that is written
     * @throws WrongUse when one is the other or inside it
     */
    void requireApart(Output other) {
        Path one = real(directory);
        Path another = real(other.directory());
        if (one.startsWith(another) || another.startsWith(one)) {
            throw new WrongUse(directory + " and " + other.directory() + " are to hold a model each, and one is inside "
                    + "the other; choose two places.");
        }
    }

    private void requireApart(Path read) {
        Path place = real(directory);
        Path source = real(read);
        if (source.startsWith(place)) {
            throw new WrongUse("writing " + directory + " would delete " + read
                    + ", which is read; choose another place.");
        }
        if (place.startsWith(source)) {
            throw new WrongUse(directory + " is inside " + read + ", which is read; choose a place outside.");
        }
    }

    /** The path without links, of which the last names need not exist. */
    private static Path real(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        try {
            Path there = DurableDirectory.existing(whole);
            return there.toRealPath().resolve(there.relativize(whole)).normalize();
        } catch (IOException refused) {
            throw InputFile.unreadable(path, refused);
        }
    }

    /**
     * Checks that a model fits on the disk.
     *
     * @param source the model whose companions come along
     * @param tensors what is written, by stored names
     * @throws WorkFailure when the disk has too little room
     */
    void requireRoom(Checkpoint source, Map<String, TensorLayout> tensors) {
        long bytes = tensors.values().stream().mapToLong(TensorLayout::bytes).sum();
        for (Map.Entry<String, Path> companion : source.companions().files().entrySet()) {
            bytes += size(companion.getValue());
        }
        long free = room();
        // Some file systems tell nothing, which looks like 0.
        if (free > 0 && free < bytes) {
            throw new WorkFailure(String.format(Locale.ROOT, "%s needs %,d bytes and its disk has %,d bytes free; free "
                    + "some space or choose another place.", directory, bytes, free));
        }
    }

    private long room() {
        try {
            return Files.getFileStore(DurableDirectory.existing(directory.toAbsolutePath().normalize()))
                    .getUsableSpace();
        } catch (IOException unknown) {
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }
}

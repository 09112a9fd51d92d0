package org.thalweg.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/**
 * Where a new model is to stand.
 *
 * @param directory the place
 * @param overwrite whether a model that stands there is replaced as a whole
 */
public record Output(Path directory, boolean overwrite) {
    /**
     * Checks the place before long work begins. Only a model or an empty directory is ever replaced, and never one that
     * the new model is made from.
     *
     * @param source directory of a model that is read
     * @throws WorkFailure when something stands there that is not to be replaced
     * @throws WrongUse when replacing would delete the source
     */
    void require(Path source) {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!overwrite) {
            throw new WorkFailure(directory + " exists already; choose another place or allow 'overwrite'.");
        }
        try {
            if (source.toRealPath().startsWith(directory.toRealPath())) {
                throw new WrongUse("writing " + directory + " would delete " + source
                        + ", which is read; choose another place.");
            }
            if (!Files.isRegularFile(directory.resolve("config.json")) && !isEmptyDirectory()) {
                throw new WorkFailure(directory + " holds no model, so it is not overwritten; choose another place.");
            }
        } catch (IOException refused) {
            throw new WorkFailure("cannot read " + directory + ": " + refused.getMessage() + ".", refused);
        }
    }

    private boolean isEmptyDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }
}

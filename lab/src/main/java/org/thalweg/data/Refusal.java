package org.thalweg.data;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/** The one form in which a data file is refused. */
final class Refusal {
    private Refusal() {}

    /**
     * A file that is not what it should be.
     *
     * @param file the file, or the file within an archive
     * @param expected what should be there
     * @param found what is there
     * @param remedy what the user can do, as a command
     * @return the failure to throw
     */
    static WorkFailure of(String file, String expected, String found, String remedy) {
        return new WorkFailure(file + ": expected " + expected + ", found " + found + "; " + remedy + ".");
    }

    /**
     * A file that cannot be read to its end.
     *
     * @param file the file
     * @param cause what the system or the decompressor said
     * @return the failure to throw
     */
    static WorkFailure unreadable(String file, IOException cause) {
        if (cause instanceof FileSystemException) {
            return new WorkFailure("cannot read " + file + ": " + InputFile.reason(cause) + ".", cause);
        }
        String said = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new WorkFailure(file + ": expected a whole and readable file, found '" + said.strip()
                + "' while reading; get the file again.", cause);
    }
}

package org.thalweg.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.thalweg.failure.WorkFailure;

/**
 * Reads files that somebody else made. Only regular files are opened, whatever links lead to them: a pipe would wait
 * for a writer and a device may never end. Whole files are read up to a limit that holds while reading, for a stated
 * size may be wrong or change.
 */
public final class InputFile {
    private InputFile() {}

    /**
     * Opens a file for reading from its beginning.
     *
     * @param file the file
     * @return its bytes; close it
     * @throws WorkFailure when there is no such file, it may not be read, or it is a directory, a pipe or a device
     */
    public static InputStream stream(Path file) {
        requireRegular(file);
        try {
            return Files.newInputStream(file);
        } catch (IOException refused) {
            throw unreadable(file, refused);
        }
    }

    /**
     * Opens a file for reading anywhere.
     *
     * @param file the file
     * @return a channel that cannot write; close it
     * @throws WorkFailure when there is no such file, it may not be read, or it is a directory, a pipe or a device
     */
    public static FileChannel channel(Path file) {
        requireRegular(file);
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException refused) {
            throw unreadable(file, refused);
        }
    }

    /**
     * Reads a whole file.
     *
     * @param file the file
     * @param most bytes that such a file can need
     * @return its content
     * @throws WorkFailure when it cannot be read, is no regular file or has more bytes
     */
    public static byte[] bytes(Path file, int most) {
        try (InputStream in = stream(file)) {
            if (Files.size(file) > most) {
                throw tooLarge(file, Files.size(file) + " bytes", most);
            }
            byte[] bytes = in.readNBytes(most);
            if (in.read() >= 0) {
                throw tooLarge(file, "more bytes than its size says", most);
            }
            return bytes;
        } catch (IOException refused) {
            throw unreadable(file, refused);
        }
    }

    /**
     * Reads a whole text.
     *
     * @param file the file
     * @param most bytes that such a file can need
     * @return its content
     * @throws WorkFailure when it cannot be read, is no regular file, has more bytes or is not UTF-8
     */
    public static String text(Path file, int most) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(file, most));
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new WorkFailure("cannot read " + file + ": it is not text in UTF-8, from byte " + bytes.position()
                    + "; convert it to UTF-8.", malformed);
        }
    }

    /**
     * Fails unless a path leads to a regular file, without opening it.
     *
     * @param file the path; links are followed
     * @throws WorkFailure when there is none, or it is a directory, a pipe or a device
     */
    public static void requireRegular(Path file) {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException refused) {
            throw unreadable(file, refused);
        }
        if (found.isDirectory()) {
            throw new WorkFailure("cannot read " + file + ": it is a directory; give a file.");
        }
        if (!found.isRegularFile()) {
            throw new WorkFailure("cannot read " + file + ": it is a pipe, a socket or a device; give a regular file.");
        }
    }

    /**
     * The one sentence for a file that cannot be read.
     *
     * @param file the file
     * @param refused what the system said
     * @return the failure to throw
     */
    public static WorkFailure unreadable(Path file, IOException refused) {
        return new WorkFailure("cannot read " + file + ": " + reason(refused) + ".", refused);
    }

    /**
     * Why a file or directory cannot be read, and what to do.
     *
     * @param refused what the system said
     * @return the end of a sentence, without a full stop
     */
    public static String reason(IOException refused) {
        return switch (refused) {
            case NoSuchFileException missing when Files.isSymbolicLink(Path.of(missing.getFile())) ->
                "it is a link to a file that is not there; copy the file itself";
            case NoSuchFileException _ -> "there is no such file; check the path";
            case AccessDeniedException _ -> "permission denied; allow this user to read it";
            case FileSystemException other when other.getReason() != null ->
                "the system says '" + other.getReason().strip() + "'";
            default -> "the system says '"
                    + (refused.getMessage() == null ? refused.getClass().getSimpleName() : refused.getMessage().strip())
                    + "'";
        };
    }

    private static WorkFailure tooLarge(Path file, String found, int most) {
        return new WorkFailure("cannot read " + file + ": it has " + found + ", more than the " + most
                + " that such a file can need; check that it is the right file.");
    }
}

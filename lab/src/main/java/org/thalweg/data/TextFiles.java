package org.thalweg.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/** Text in UTF-8: one file, or the files of a directory, hidden ones left out, ordered by name. */
public final class TextFiles {
    private TextFiles() {}

    /**
     * Reads the beginning of the texts.
     *
     * @param fileOrDirectory where the text is
     * @param most bytes to read in all; a text that is longer is cut after a whole character
     * @return the texts, one for each file, none of them empty
     * @throws WorkFailure when there is no text, or what is there is not UTF-8
     */
    public static List<String> read(Path fileOrDirectory, int most) {
        List<String> texts = new ArrayList<>();
        long left = most;
        for (Path file : files(fileOrDirectory)) {
            byte[] bytes = beginning(file, (int) left);
            left -= bytes.length;
            String text = decoded(file, bytes);
            if (!text.isBlank()) {
                texts.add(text);
            }
            if (left <= 0) {
                break;
            }
        }
        if (texts.isEmpty()) {
            throw Refusal.of(fileOrDirectory.toString(), "text in UTF-8", "none",
                    "give a file with text");
        }
        return texts;
    }

    /**
     * How much text there is.
     *
     * @param fileOrDirectory where the text is
     * @return bytes of all files
     * @throws WorkFailure when they cannot be read
     */
    public static long size(Path fileOrDirectory) {
        long bytes = 0;
        for (Path file : files(fileOrDirectory)) {
            try {
                bytes += Files.size(file);
            } catch (IOException refused) {
                throw Refusal.unreadable(file.toString(), refused);
            }
        }
        return bytes;
    }

    private static List<Path> files(Path fileOrDirectory) {
        if (!Files.isDirectory(fileOrDirectory)) {
            return List.of(fileOrDirectory);
        }
        return Listing.of(fileOrDirectory, Files::isRegularFile);
    }

    private static byte[] beginning(Path file, int most) {
        try (InputStream in = InputFile.stream(file)) {
            byte[] bytes = in.readNBytes(most);
            int end = bytes.length;
            if (end == most) {
                // A character of several bytes may have been cut in two: the place where it starts is the new end.
                int start = end - 1;
                while (start >= 0 && end - start < 4 && (bytes[start] & 0xc0) == 0x80) {
                    start--;
                }
                end = start >= 0 && (bytes[start] & 0x80) != 0 ? start : end;
            }
            return Arrays.copyOf(bytes, end);
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        }
    }

    private static String decoded(Path file, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new WorkFailure(file + ": expected text in UTF-8, found bytes that are none; convert it to UTF-8.",
                    malformed);
        }
    }
}

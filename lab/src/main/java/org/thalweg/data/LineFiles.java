package org.thalweg.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * Files of text in UTF-8 that may be larger than memory, one after the other, in passages of whole lines.
 *
 * @param files in their order
 */
record LineFiles(List<Path> files) implements TextSet.Passages {
    /** Characters of a passage, unless one line has more. */
    private static final int PASSAGE = 1 << 22;

    /** No line of a text has so many characters. */
    private static final int LONGEST_LINE = 1 << 28;

    /** Copies the list. */
    LineFiles {
        files = List.copyOf(files);
    }

    @Override
    public void read(Predicate<String> more) {
        for (Path file : files) {
            try (Reader in = new BufferedReader(new InputStreamReader(InputFile.stream(file),
                    StandardCharsets.UTF_8.newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)), 1 << 16)) {
                if (!read(file, in, more)) {
                    return;
                }
            } catch (CharacterCodingException malformed) {
                throw new WorkFailure(file + ": expected text in UTF-8, found bytes that are none; get the file again.",
                        malformed);
            } catch (IOException refused) {
                throw Refusal.unreadable(file.toString(), refused);
            }
        }
    }

    private static boolean read(Path file, Reader in, Predicate<String> more) throws IOException {
        StringBuilder passage = new StringBuilder();
        char[] block = new char[1 << 16];
        for (int read = in.read(block); read >= 0; read = in.read(block)) {
            passage.append(block, 0, read);
            if (passage.length() >= PASSAGE) {
                int end = passage.lastIndexOf("\n") + 1;
                if (end > 0) {
                    if (!more.test(passage.substring(0, end))) {
                        return false;
                    }
                    passage.delete(0, end);
                } else if (passage.length() > LONGEST_LINE) {
                    throw Refusal.of(file.toString(), "lines of at most " + LONGEST_LINE + " characters",
                            "a longer one", "check that it is the right file");
                }
            }
        }
        if (!passage.isEmpty() && passage.charAt(passage.length() - 1) != '\n') {
            passage.append('\n');
        }
        return passage.isEmpty() || more.test(passage.toString());
    }
}

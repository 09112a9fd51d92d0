package org.thalweg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import org.thalweg.failure.Shown;

/**
 * The one way from a command to a stream. Names of files and tensors, configurations and metadata come from strangers:
 * whatever they hold, nothing that is written here moves a terminal's cursor, changes its colours or reorders text.
 * What is not for print is written as {@code \}{@code u001b}, which in a JSON text is the same string.
 *
 * <p>{@link #println(String)} writes one line, ends of lines in its text included in what is not for print. Text of
 * several lines, which holds nothing of strangers or was encoded, goes through {@link #print(String)}: it keeps ends of
 * lines and tabs.
 */
final class PrintableWriter extends PrintWriter {
    /** Writes to a stream or text. */
    PrintableWriter(Writer place) {
        super(new Escaping(place), true);
    }

    @Override
    public void println(String line) {
        super.println(Shown.line(String.valueOf(line)));
    }

    /** As a line of text; the tabs with which lines of a stack trace begin stay. */
    @Override
    public void println(Object line) {
        String text = String.valueOf(line);
        String rest = text.replaceFirst("^\t+", "");
        super.println((Object) (text.substring(0, text.length() - rest.length()) + Shown.line(rest)));
    }

    /** Escapes what is not for print, but ends of lines and tabs. */
    private static final class Escaping extends Writer {
        private static final String LAYOUT = "\n\r\t";

        private final Writer place;
        private final StringBuilder pending = new StringBuilder();

        Escaping(Writer place) {
            this.place = place;
        }

        @Override
        public void write(char[] characters, int offset, int length) throws IOException {
            pending.append(characters, offset, length);
            // The first half of a character waits for the second.
            int whole = pending.length();
            if (whole > 0 && Character.isHighSurrogate(pending.charAt(whole - 1))) {
                whole--;
            }
            int start = 0;
            for (int i = 0; i < whole; i++) {
                if (LAYOUT.indexOf(pending.charAt(i)) >= 0) {
                    place.write(Shown.line(pending.substring(start, i)));
                    place.write(pending.charAt(i));
                    start = i + 1;
                }
            }
            place.write(Shown.line(pending.substring(start, whole)));
            pending.delete(0, whole);
        }

        @Override
        public void flush() throws IOException {
            place.flush();
        }

        @Override
        public void close() throws IOException {
            place.write(Shown.line(pending.toString()));
            place.close();
        }
    }
}

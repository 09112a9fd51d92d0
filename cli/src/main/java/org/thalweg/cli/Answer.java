package org.thalweg.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;

/** What a command answers: one JSON document for scripts, or lines for people. */
final class Answer {
    private Answer() {}

    /** Prints one of the two; the other is not made. */
    static void print(PrintWriter printer, boolean json, Supplier<Object> document, Supplier<List<String>> lines) {
        if (json) {
            printer.print(JsonText.of(document.get()));
            printer.println();
        } else {
            lines.get().forEach(printer::println);
        }
        printer.flush();
    }
}

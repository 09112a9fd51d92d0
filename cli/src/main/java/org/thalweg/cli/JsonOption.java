package org.thalweg.cli;

import picocli.CommandLine.Option;

/** {@code --json}, which every command has whose result can be read by a program. */
final class JsonOption {
    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    boolean isAsked() {
        return json;
    }
}

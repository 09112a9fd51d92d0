package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --spec}: an architecture of the user's own. */
final class SpecOption {
    @Option(names = "--spec", paramLabel = "FILE",
            description = "Your own specification of the architecture, in place of the built-in one.")
    private Optional<Path> file = Optional.empty();

    Optional<Path> file() {
        return file;
    }
}

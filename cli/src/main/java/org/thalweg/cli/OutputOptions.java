package org.thalweg.cli;

import java.nio.file.Path;
import org.thalweg.model.Output;
import picocli.CommandLine.Option;

/** Where a new model is to stand. */
final class OutputOptions {
    @Option(names = "--out", required = true, paramLabel = "OUT", description = "Where the new model is to stand.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace an existing model.")
    private boolean overwrite;

    Path out() {
        return out;
    }

    Output output() {
        return new Output(out, overwrite);
    }
}

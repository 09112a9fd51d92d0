package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.model.Output;
import org.thalweg.model.Proving;
import picocli.CommandLine.Option;

/** What {@code align} and {@code apply} share: where the carried model is to stand and how it is proved. */
final class CarryOptions {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the carried model is to stand.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace a model that stands there.")
    private boolean overwrite;

    @Option(names = "--spec", paramLabel = "FILE",
            description = "Your own specification of the architecture, in place of the built-in one.")
    private Optional<Path> specification = Optional.empty();

    @Option(names = "--probes", paramLabel = "N", defaultValue = "64",
            description = "Random texts or images of the proof, ${DEFAULT-VALUE} when absent.")
    private int probes;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of these inputs, ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Option(names = "--tolerance", paramLabel = "X",
            description = "Largest relative difference that counts as equal; when absent 1e-9 if only orders and signs "
                    + "change, else 1e-9 for float64 weights, 1e-4 for float32, 5e-2 for 16-bit types.")
    private Optional<Double> tolerance = Optional.empty();

    @Option(names = "--unproved",
            description = "Write a model of a family without a built-in network, of which nothing can be proved.")
    private boolean unproved;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    Path out() {
        return out;
    }

    Output output() {
        return new Output(out, overwrite);
    }

    Optional<Path> specification() {
        return specification;
    }

    Proving proving() {
        return new Proving(
                tolerance.map(OptionalDouble::of).orElseGet(OptionalDouble::empty), probes, seed, unproved);
    }

    boolean json() {
        return json;
    }
}

package org.thalweg.cli;

import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** How two models are compared as functions. */
final class ComparisonOptions {
    @Option(names = "--tolerance", paramLabel = "X",
            description = "Largest difference that counts as equal, in units of the largest output; when absent 1e-9 "
                    + "for float64 weights, 1e-4 for float32, 5e-2 for 16-bit types, and 1e-9 for a model that was "
                    + "moved without rounding.")
    private Optional<Double> tolerance = Optional.empty();

    @Option(names = "--probes", paramLabel = "N",
            description = "How many texts or images the comparison runs on; when absent 64, and 16 for a moved model "
                    + "without experts of more than 100 million parameters.")
    private Optional<Integer> probes = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of everything that is random, ${DEFAULT-VALUE} when absent.")
    private long seed;

    OptionalDouble tolerance() {
        return tolerance.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
    }

    /** As asked for, else what is usual. */
    int probes(int usual) {
        return probes.orElse(usual);
    }

    long seed() {
        return seed;
    }
}

package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.thalweg.model.Checking;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code scramble}, {@code align} and {@code apply} share: where the moved model stands and how it is checked. */
final class MovedOptions {
    @Mixin
    private OutputOptions output;

    @Mixin
    private SpecOption specification;

    @Mixin
    private ComparisonOptions comparison;

    @Option(names = "--unchecked",
            description = "Write a model of a family without a built-in network, which cannot be checked; all others "
                    + "are.")
    private boolean unchecked;

    @Mixin
    private JsonOption json;

    Path out() {
        return output.out();
    }

    Output output() {
        return output.output();
    }

    /** Another place, for which the same holds. */
    Output output(Path other) {
        return new Output(other, output.output().overwrite());
    }

    Optional<Path> specification() {
        return specification.file();
    }

    long seed() {
        return comparison.seed();
    }

    Checking checking(ModelDirectory model) {
        return new Checking(comparison.tolerance(), comparison.probes(Checking.usualProbes(model)), comparison.seed(),
                unchecked);
    }

    boolean json() {
        return json.isAsked();
    }
}

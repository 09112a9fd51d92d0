package org.thalweg.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.scaling.LeverageFit;
import org.thalweg.scaling.RunsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg scaling fit RUNS.csv}: the law of leverage fitted to measured runs. */
@Command(
        name = "fit",
        mixinStandardHelpOptions = true,
        description = "Fit the law of efficiency leverage to measured runs, with 95 %% intervals.",
        footer = {
            "",
            "The file has a header line with the columns activation, granularity, compute and either loss or",
            "leverage, in any order; others are not read. Losses need runs of dense models (activation 1) with two",
            "budgets, whose granularity may be any number. Least squares of logarithms; a coefficient that the runs",
            "do not vary enough for is 0."
        })
public final class ScalingFitCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RUNS.csv", description = "The runs.")
    private Path file;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScalingFitCommand() {}

    /**
     * Reads, fits and prints.
     *
     * @return 0
     * @throws WorkFailure when the file cannot be read or the runs do not determine a law
     */
    @Override
    public Integer call() {
        FitAccount account = new FitAccount(file, LeverageFit.of(RunsFile.read(file)));
        Answer.print(spec.commandLine().getOut(), json.isAsked(), account::document, account::lines);
        return 0;
    }
}

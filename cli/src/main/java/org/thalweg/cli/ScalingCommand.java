package org.thalweg.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg scaling}: scaling laws of models with a Mixture of Experts, and their fit to measured runs. */
@Command(
        name = "scaling",
        description = "Ask the scaling laws of models with a Mixture of Experts (arXiv 2507.17702), or fit one.",
        mixinStandardHelpOptions = true,
        subcommands = {ScalingLeverageCommand.class, ScalingHyperparametersCommand.class,
            ScalingAllocationCommand.class, ScalingFitCommand.class})
public final class ScalingCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScalingCommand() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do: leverage, hyperparameters, allocation, fit");
    }
}

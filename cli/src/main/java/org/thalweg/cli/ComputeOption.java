package org.thalweg.cli;

import picocli.CommandLine.Option;

/** {@code --compute}, which the scaling laws of a budget have. */
final class ComputeOption {
    @Option(names = "--compute", required = true, paramLabel = "FLOPS",
            description = "Compute of the training in FLOPs, such as 1e22: those of one forward pass for one token, "
                    + "without the embedding, times the tokens.")
    private double compute;

    double flops() {
        return compute;
    }
}

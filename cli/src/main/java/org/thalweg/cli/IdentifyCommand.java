package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.identifiability.Identification;
import org.thalweg.identifiability.IdentificationSettings;
import org.thalweg.identifiability.MoeIdentifier;
import org.thalweg.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg identify}: whether the MoE layers of two checkpoints are one function up to G(n). */
@Command(
        name = "identify",
        mixinStandardHelpOptions = true,
        description = "Decide whether the MoE layers of two checkpoints are the same function up to G(n): an order of "
                + "the experts, a common shift of the gate, equal experts.",
        footer = {
            "",
            "Exit code 0 when some g in G(n) moves A's layer to B's, 1 when none does or when that is undecided",
            "because some expert was used for no probe. Experts are counted from 0, as in the names of their",
            "tensors; expert i of B is expert tau(i) of A."
        })
public final class IdentifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "Directory of a ViT with experts, as a study writes them.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Directory of another one.")
    private Path second;

    @Option(names = "--layer", paramLabel = "N",
            description = "Which layer, counted from 1; the only one with experts when absent.")
    private Optional<Integer> layer = Optional.empty();

    @Option(names = "--tolerance", paramLabel = "X",
            description = "Largest relative difference that counts as equal; 1e-9 for float64 checkpoints, 1e-5 for "
                    + "float32, 1e-2 for 16-bit types when absent.")
    private Optional<Double> tolerance = Optional.empty();

    @Option(names = "--probes", paramLabel = "N", defaultValue = "512",
            description = "Random inputs on which outputs are compared, ${DEFAULT-VALUE} when absent.")
    private int probes;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of these inputs, ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public IdentifyCommand() {}

    /**
     * Compares the layers and prints the verdict.
     *
     * @return 0 when a group element relates them, 1 when none does or that is undecided
     * @throws WrongUse when an option makes no sense or the layers read streams of different widths
     * @throws WorkFailure when a checkpoint cannot be read or is no ViT with experts
     */
    @Override
    public Integer call() {
        WholeNumbers.requireAtLeast("--layer", 1, layer.orElse(1));
        WholeNumbers.requireAtLeast("--probes", 1, probes);
        ExpertLayer a = ExpertLayer.open(first, layer);
        ExpertLayer b = ExpertLayer.open(second, layer);
        double closeness = tolerance.orElse(Math.max(a.tolerance(), b.tolerance()));
        if (!(closeness > 0 && closeness < 1)) {
            throw new WrongUse("--tolerance is " + closeness + ", expected a number between 0 and 1.");
        }
        IdentificationSettings settings = new IdentificationSettings(closeness, probes, seed);
        Identification found;
        WorkThreads.choose(a.checkpoint(), b.checkpoint());
        try (Scope scope = Scope.open()) {
            found = MoeIdentifier.identify(a.load(), b.load(), settings);
        }
        Verdict verdict = new Verdict(a, b, settings, found);
        Answer.print(spec.commandLine().getOut(), json.isAsked(), verdict::document, verdict::lines);
        return found instanceof Identification.Related ? 0 : 1;
    }
}

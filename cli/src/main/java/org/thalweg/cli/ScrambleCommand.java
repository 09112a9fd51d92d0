package org.thalweg.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.model.Scramble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg scramble DIR --out DIR2}: other weights, the same function. */
@Command(
        name = "scramble",
        mixinStandardHelpOptions = true,
        description = "Move a model by a random element of its symmetry group: other weights, the same function.",
        footer = {
            "",
            "Writes a directory of the same names, shapes, types and shards, with the companion files and the element",
            "in alignment.json. Groups: permutation, signed-permutation, translation, positive-scaling,",
            "signed-scaling, orthogonal, invertible, rotary; 'thalweg inspect' tells which a model has."
        })
public final class ScrambleCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A Hugging Face directory.")
    private Path directory;

    @Option(names = "--out", required = true, paramLabel = "DIR2", description = "Where the moved model is to stand.")
    private Path out;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of the element, ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Option(names = "--groups", paramLabel = "A,B,…", split = ",",
            description = "Kinds of groups that act; all when absent.")
    private List<String> groups = List.of();

    @Option(names = "--noise", paramLabel = "σ", defaultValue = "0",
            description = "Gaussian noise added first, in units of each tensor's root mean square; "
                    + "${DEFAULT-VALUE} when absent.")
    private double noise;

    @Option(names = "--spec", paramLabel = "FILE",
            description = "Your own specification of the architecture, in place of the built-in one.")
    private Optional<Path> specification = Optional.empty();

    @Option(names = "--overwrite", description = "Replace a model that stands at DIR2.")
    private boolean overwrite;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScrambleCommand() {}

    /**
     * Moves the model and tells what was done.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when the model cannot be read, or something stands where the result is to be
     */
    @Override
    public Integer call() {
        Scramble scramble = new Scramble(seed, Set.copyOf(groups), noise);
        ModelDirectory model = ModelDirectory.open(directory, specification);
        Scramble.Done done = scramble.write(model, new Output(out, overwrite));
        PrintWriter printer = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("out", out.toString());
            document.put("alignment", out.resolve(Scramble.ALIGNMENT).toString());
            document.put("architecture", model.architecture().name());
            document.put("spaces_moved", done.alignment().elements().size());
            document.put("did", done.alignment().describe());
            document.put("seed", seed);
            document.put("noise", noise);
            document.put("rounding", done.rounding());
            printer.println(JsonText.of(document));
        } else {
            printer.println("Wrote " + out + ", moved by " + Scramble.ALIGNMENT + " there.");
            printer.println("  element   " + done.alignment().describe());
            printer.println(String.format(Locale.ROOT, "  noise     %s of each tensor's root mean square", noise));
            printer.println(String.format(Locale.ROOT,
                    "  rounding  %.1e of a tensor's largest weight, from storing in the tensor's own type",
                    done.rounding()));
        }
        printer.flush();
        return 0;
    }
}

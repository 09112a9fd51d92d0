package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Scramble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg scramble DIR --out OUT}: other weights, the same function. */
@Command(
        name = "scramble",
        mixinStandardHelpOptions = true,
        description = "Move a model by a random element of its symmetry group: other weights, the same function.",
        footer = {
            "",
            "Writes a directory of the same names, shapes, types and shards, with the companion files and the element",
            "in alignment.json. Groups: permutation, signed-permutation, translation, positive-scaling,",
            "signed-scaling, orthogonal, invertible, rotary; 'thalweg inspect' lists those of a model. Nothing is",
            "written unless the result is checked to be the same function."
        })
public final class ScrambleCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A Hugging Face directory.")
    private Path directory;

    @Option(names = "--groups", paramLabel = "A,B,…", split = ",",
            description = "Kinds of groups that act, or all; when absent all, but for weights of 16 bits what stores "
                    + "exactly.")
    private List<String> groups = List.of();

    @Option(names = "--noise", paramLabel = "σ", defaultValue = "0",
            description = "Gaussian noise added first, in units of each tensor's root mean square; "
                    + "${DEFAULT-VALUE} when absent.")
    private double noise;

    @Mixin
    private MovedOptions options;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScrambleCommand() {}

    /**
     * Moves the model and prints what was done.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when the model cannot be read, the function changes, or something stands where the result is
     *     to be
     */
    @Override
    public Integer call() {
        Scramble scramble = new Scramble(options.seed(), Set.copyOf(groups), noise);
        ModelDirectory model = ModelDirectory.open(directory, options.specification());
        Scramble.Done done;
        WorkThreads.choose(model);
        try (ModelProgress progress = ModelProgress.on("scramble", spec.commandLine().getErr())) {
            done = scramble.write(model, options.output(), options.checking(model), progress);
        }
        LeftOut leftOut = LeftOut.of(model.checkpoint());
        leftOut.tell(spec.commandLine().getErr());
        CheckAccount check = CheckAccount.of(model, done.checked());
        Answer.print(spec.commandLine().getOut(), options.json(),
                () -> document(model, done, check, leftOut), () -> lines(done, check));
        return 0;
    }

    private Map<String, Object> document(
            ModelDirectory model, Scramble.Done done, CheckAccount check, LeftOut leftOut) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("out", options.out().toString());
        document.put("alignment", options.out().resolve(Scramble.ALIGNMENT).toString());
        document.put("architecture", model.architecture().name());
        document.put("groups", done.kinds());
        document.put("stored_exactly", done.exactly());
        document.put("spaces_moved", done.alignment().elements().size());
        document.put("did", done.alignment().describe());
        document.put("seed", options.seed());
        document.put("noise", noise);
        document.put("rounding", done.rounding());
        check.into(document);
        document.put("companions_left_out", leftOut.document());
        return document;
    }

    private List<String> lines(Scramble.Done done, CheckAccount check) {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + options.out() + ", moved by " + Scramble.ALIGNMENT + " there.");
        lines.add("  element     " + done.alignment().describe());
        if (done.exactly()) {
            lines.add("  exact       weights have 16 bits, so only orders, signs and powers of two acted, which store "
                    + "exactly; --groups all allows the rest");
        }
        lines.add(String.format(Locale.ROOT, "  noise       %s of each tensor's root mean square", noise));
        lines.addAll(check.lines());
        lines.add(String.format(Locale.ROOT,
                "  rounding    %.1e of a tensor's largest weight, from storing in the tensor's own type",
                done.rounding()));
        return lines;
    }
}

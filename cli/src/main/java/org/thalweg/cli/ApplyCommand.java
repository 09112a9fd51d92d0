package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.Apply;
import org.thalweg.model.CanonicalForm;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Scramble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg apply FILE DIR --out DIR2}: a model moved by an alignment that is there already. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Move a model by an alignment that 'align' found or 'scramble' drew.",
        footer = {
            "",
            "Writes the model with its own names, shapes, types, shards and companion files, and what acted in",
            "alignment.json. Nothing is written unless the result is checked to be the same function."
        })
public final class ApplyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "An alignment.json.")
    private Path file;

    @Parameters(index = "1", paramLabel = "DIR", description = "A Hugging Face directory of its architecture.")
    private Path directory;

    @Option(names = "--inverse", description = "Undo the alignment instead.")
    private boolean inverse;

    @Mixin
    private MovedOptions options;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ApplyCommand() {}

    /**
     * Moves, checks, writes, and prints what was done.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when model or file cannot be read or do not fit, the function changes, or something
     *     stands at the place
     */
    @Override
    public Integer call() {
        ModelDirectory model = ModelDirectory.open(directory, options.specification());
        Apply apply = new Apply(inverse, options.checking(model));
        Apply.Done done;
        WorkThreads.choose(model);
        try (ModelProgress progress = ModelProgress.on("apply", spec.commandLine().getErr())) {
            done = apply.write(file, model, options.output(), progress);
        }
        LeftOut leftOut = LeftOut.of(model.checkpoint());
        leftOut.tell(spec.commandLine().getErr());
        MovedAccount account = new MovedAccount(
                options.out(), apply.checking(), CheckAccount.of(model, done.checked()), done.spaces(), leftOut);
        Answer.print(spec.commandLine().getOut(), options.json(),
                () -> document(account, done), () -> lines(account, done));
        return 0;
    }

    private Map<String, Object> document(MovedAccount account, Apply.Done done) {
        Map<String, Object> document = account.document();
        document.put("did", done.alignment().describe());
        document.put("forms", done.forms().stream().map(CanonicalForm::label).toList());
        document.put("untied_head", !done.untied().isEmpty());
        Map<String, Object> conventions = new LinkedHashMap<>();
        conventions.put("file", file.toString());
        conventions.put("moved", directory.toString());
        conventions.put("inverse", inverse);
        conventions.put("direction", MovedAccount.DIRECTION);
        conventions.put("probes", account.checking().probes());
        conventions.put("seed", account.checking().seed());
        document.put("conventions", conventions);
        return document;
    }

    private List<String> lines(MovedAccount account, Apply.Done done) {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + account.out() + ": " + directory + " moved by "
                + (inverse ? "the inverse of " : "") + file + "; what acted is in " + Scramble.ALIGNMENT + " there.");
        if (!done.forms().isEmpty()) {
            lines.add("  folded      the alignment is of models with folded normalisations, so those of " + directory
                    + " were folded first ("
                    + done.forms().stream().map(CanonicalForm::label).collect(Collectors.joining(", ")) + ")");
        }
        done.untied().forEach(head ->
                lines.add("  head        " + head + " is a tensor of its own now, no longer the embedding"));
        lines.addAll(account.lines());
        return lines;
    }
}

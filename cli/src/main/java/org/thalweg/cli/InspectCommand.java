package org.thalweg.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg inspect DIR}: what a model is and which symmetries its weights have. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Tell a model's family, sizes and symmetries: every space with the group that acts on it.",
        footer = {
            "",
            "Reads config.json and the headers of the weights only. A tensor that the architecture does not know, that",
            "is missing or has another shape is named, and the exit code is then 1."
        })
public final class InspectCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A Hugging Face directory.")
    private Path directory;

    @Mixin
    private SpecOption specification;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public InspectCommand() {}

    /**
     * Prints the account.
     *
     * @return 0
     * @throws WrongUse when the specification has a mistake
     * @throws WorkFailure when the model cannot be read or does not fit
     */
    @Override
    public Integer call() {
        ModelAccount account = ModelAccount.of(ModelDirectory.open(directory, specification.file()));
        Answer.print(spec.commandLine().getOut(), json.isAsked(), account::document, account::lines);
        return 0;
    }
}

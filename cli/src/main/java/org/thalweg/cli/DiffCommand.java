package org.thalweg.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.model.Diff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg diff A B}: what differs between two models, and whether they can be aligned or merged. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "Tell what differs between two models before they are merged: configuration, tokenizer, names, "
                + "shapes, types, ties, distances; and whether they can be aligned or merged.",
        footer = {
            "",
            "Exit code 0 when they can be merged, 1 when they cannot. Families that are not known here are compared",
            "by the names of their files."
        })
public final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "A Hugging Face directory.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Another one.")
    private Path second;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public DiffCommand() {}

    /**
     * Compares the models and prints the account.
     *
     * @return 0 when they can be merged, else 1
     * @throws WorkFailure when a directory is no checkpoint or a file cannot be read
     */
    @Override
    public Integer call() {
        Diff diff = Diff.open(first, second);
        WorkThreads.choose(diff.first(), diff.second());
        Diff.Found found;
        try (ModelProgress progress = ModelProgress.on("diff", spec.commandLine().getErr())) {
            found = diff.compare(progress);
        }
        DiffAccount account = new DiffAccount(diff, found);
        Answer.print(spec.commandLine().getOut(), json.isAsked(), account::document, account::lines);
        return found.outlook().mergeable() ? 0 : 1;
    }
}

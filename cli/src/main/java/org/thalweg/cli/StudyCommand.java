package org.thalweg.cli;

import org.thalweg.study.StudyReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg study}: studies of linear mode connectivity, trained, matched and measured here. */
@Command(
        name = "study",
        description = "Train replicas, match their experts and hidden units, measure the paths between them.",
        mixinStandardHelpOptions = true,
        subcommands = {
            StudyRunCommand.class, StudyPlanCommand.class, StudyTableCommand.class, StudyReportCommand.class,
            StudyNewCommand.class})
public final class StudyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: run, plan, table, show, report, new");
    }

    /**
     * Prints a study that comes with the program, to be copied and changed.
     *
     * @param name one of the built-in studies
     * @param json whether as JSON instead of YAML
     */
    @Command(name = "show", description = "Print a built-in study's file, to copy and change.",
            mixinStandardHelpOptions = true)
    void show(
            @Parameters(paramLabel = "NAME", description = "A built-in study, such as quickstart.")
                    String name,
            @Option(names = "--json", description = "Print the study as one JSON document instead of YAML.")
                    boolean json) {
        if (!StudyReader.BUILT_IN.contains(name)) {
            throw new ParameterException(spec.commandLine(), "there is no built-in study '" + name + "', expected "
                    + String.join(" or ", StudyReader.BUILT_IN));
        }
        Answer.print(spec.commandLine().getOut(), json,
                () -> StudyReader.read(name).toMap(), () -> StudyReader.builtIn(name).strip().lines().toList());
    }
}

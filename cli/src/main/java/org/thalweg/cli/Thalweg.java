package org.thalweg.cli;

import java.io.PrintStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.training.Stopped;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code thalweg}. Exit codes: 0 done, 1 the work failed, 2 wrong use. Failures are one sentence on
 * standard
 * error; the stack trace is shown when {@code --stacktrace} asks for it.
 */
@Command(
        name = "thalweg",
        description = "Aligns, connects and merges neural networks by the symmetries of their weights.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {StudyCommand.class, BarrierCommand.class, AssignCommand.class})
public final class Thalweg {
    private static final int WORK_FAILED = 1;
    private static final int WRONG_USE = 2;

    @Option(names = "--stacktrace", scope = CommandLine.ScopeType.INHERIT,
            description = "On failure also print where in the program it happened.")
    private boolean stacktrace;

    private Thalweg() {}

    /**
     * Runs a command and ends the virtual machine with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.err));
    }

    /**
     * Runs a command.
     *
     * @param arguments the command line
     * @param errors where failures are told
     * @return the exit code
     */
    static int run(String[] arguments, PrintStream errors) {
        Thalweg thalweg = new Thalweg();
        CommandLine commandLine = new CommandLine(thalweg);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (thalweg.stacktrace) {
                failure.printStackTrace(errors);
            }
            return tell(failure, errors);
        });
        commandLine.setParameterExceptionHandler((refused, given) -> {
            errors.println("thalweg: " + refused.getMessage() + " (see: "
                    + refused.getCommandLine().getCommandSpec().qualifiedName() + " --help)");
            return WRONG_USE;
        });
        if (arguments.length == 0) {
            commandLine.usage(errors);
            return WRONG_USE;
        }
        return commandLine.execute(arguments);
    }

    private static int tell(Exception failure, PrintStream errors) {
        return switch (failure) {
            case WrongUse wrong -> {
                errors.println("thalweg: " + wrong.getMessage());
                yield WRONG_USE;
            }
            case WorkFailure failed -> {
                errors.println("thalweg: " + failed.getMessage());
                yield WORK_FAILED;
            }
            case Stopped stopped -> {
                errors.println("thalweg: " + stopped.getMessage());
                yield WORK_FAILED;
            }
            default -> {
                errors.println("thalweg: this should not have happened: "
                        + String.valueOf(failure).lines().findFirst().orElse("")
                        + "; run again with --stacktrace and report what it prints.");
                yield WORK_FAILED;
            }
        };
    }
}

package org.thalweg.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import picocli.CommandLine.Model.CommandSpec;

/**
 * How a command failed.
 *
 * @param sentence for the user, on one line
 * @param exitCode 1 when the work failed, 2 for wrong use
 */
record Failure(String sentence, int exitCode) {
    static final int WORK_FAILED = 1;
    static final int WRONG_USE = 2;

    /** How the library's sentences speak of parameters. */
    private static final Pattern PARAMETER = Pattern.compile("^([a-z]+) is |\\ballow '([a-z]+)'");

    /** Sentences stay on one line, whatever a file's name or a library's message holds. */
    Failure {
        sentence = sentence.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    static Failure of(Throwable thrown) {
        return switch (thrown) {
            case WrongUse wrong -> new Failure(wrong.getMessage(), WRONG_USE);
            case WorkFailure failed -> new Failure(failed.getMessage(), WORK_FAILED);
            case Stopped stopped -> new Failure(stopped.getMessage(), WORK_FAILED);
            case CompletionException wrapped when wrapped.getCause() instanceof Throwable cause -> of(cause);
            case UncheckedIOException wrapped -> of(wrapped.getCause());
            case IOException refused -> new Failure("a file could not be read or written: " + named(refused)
                    + "; check the path, its permissions and the space on the disk.", WORK_FAILED);
            case OutOfMemoryError _ -> new Failure("the memory did not suffice (Java's part is "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MiB); give it more with THALWEG_JAVA_OPTIONS=-Xmx8g "
                    + "or let fewer steps run at once.", WORK_FAILED);
            case LinkageError unloadable when unloadable.getCause() instanceof WorkFailure told -> of(told);
            case LinkageError unloadable -> new Failure("the native libraries could not be loaded: "
                    + named(Optional.ofNullable(unloadable.getCause()).orElse(unloadable))
                    + "; they exist for Linux and Windows on x86-64 and for macOS on ARM.", WORK_FAILED);
            default -> new Failure("this should not have happened: " + named(thrown)
                    + "; run again with --stacktrace and report what it prints.", WORK_FAILED);
        };
    }

    /**
     * The same sentence with dashes before names of parameters that are options of a command: the library says
     * "tolerance is 2.0" and "allow 'overwrite'", the command has {@code --tolerance} and {@code --overwrite}.
     */
    Failure withOptionsOf(CommandSpec command) {
        String told = PARAMETER.matcher(sentence).replaceAll(found -> {
            String option = "--" + (found.group(1) == null ? found.group(2) : found.group(1));
            boolean known = command.optionsMap().containsKey(option);
            return Matcher.quoteReplacement(
                    !known ? found.group() : found.group(1) == null ? "allow " + option : option + " is ");
        });
        return new Failure(told, exitCode);
    }

    /** An exception's type and the first line of its message: libraries append traces of their own. */
    private static String named(Throwable thrown) {
        return String.valueOf(thrown).lines().findFirst().orElse("").replaceAll("[.;:]+$", "");
    }
}

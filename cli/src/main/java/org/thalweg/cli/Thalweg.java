package org.thalweg.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code thalweg}. Exit codes: 0 done, 1 the work failed, 2 wrong use. A failure is one sentence on
 * standard error; the stack trace is shown when {@code --stacktrace} asks for it.
 *
 * <p>With {@code --json} standard output holds exactly one JSON document: the command's result, or, when it failed,
 * {@code {"error": "the sentence", "exit_code": 1}}. Both streams are UTF-8 in every locale.
 * A run that a signal ended has the signal's exit code and may have printed no document.
 */
@Command(
        name = "thalweg",
        description = "Aligns, connects and merges neural networks by the symmetries of their weights.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Exit codes: 0 done, 1 the work failed, 2 wrong use."})
public final class Thalweg {
    @Option(names = "--stacktrace", scope = CommandLine.ScopeType.INHERIT,
            description = "On failure also print where in the program it happened.")
    private boolean stacktrace;

    /** In the order of the help. Names are repeated from the classes, so that no class is loaded for its name. */
    private static final Map<String, Class<?>> COMMANDS = inOrder(
            Map.entry("study", StudyCommand.class), Map.entry("barrier", BarrierCommand.class),
            Map.entry("identify", IdentifyCommand.class), Map.entry("assign", AssignCommand.class),
            Map.entry("inspect", InspectCommand.class), Map.entry("scramble", ScrambleCommand.class),
            Map.entry("verify", VerifyCommand.class), Map.entry("diff", DiffCommand.class),
            Map.entry("align", AlignCommand.class), Map.entry("apply", ApplyCommand.class),
            Map.entry("canonical", CanonicalCommand.class), Map.entry("widen", WidenCommand.class),
            Map.entry("merge", MergeCommand.class), Map.entry("evaluate", EvaluateCommand.class),
            Map.entry("path", PathCommand.class), Map.entry("scaling", ScalingCommand.class));

    private Thalweg() {}

    /**
     * Runs a command and ends the virtual machine with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments, utf8(FileDescriptor.out), utf8(FileDescriptor.err)));
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    /**
     * Runs a command in this virtual machine, which goes on.
     *
     * @param arguments the command line
     * @param out where results go
     * @param errors where progress and failures are told
     * @return the exit code
     */
    public static int run(String[] arguments, PrintStream out, PrintStream errors) {
        PrintableWriter results = new PrintableWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        PrintableWriter messages = new PrintableWriter(new OutputStreamWriter(errors, StandardCharsets.UTF_8));
        int code = run(arguments, results, messages);
        results.flush();
        messages.flush();
        return code;
    }

    private static int run(String[] arguments, PrintableWriter out, PrintableWriter errors) {
        if (arguments.length == 0) {
            line().usage(errors);
            return Failure.WRONG_USE;
        }
        // Held back with --json, so that a command which fails half-way leaves one document, not one and a half.
        boolean json = options(arguments).anyMatch(given -> given.equals("--json") || isJsonWithValue(given));
        StringWriter held = new StringWriter();
        PrintableWriter printer = json ? new PrintableWriter(held) : out;
        Told told = new Thalweg().execute(arguments, printer, errors);
        printer.flush();
        if (json) {
            out.print(told.failure().map(Thalweg::document).orElseGet(held::toString));
        }
        return told.exitCode();
    }

    /** What may be an option: everything before {@code --}. */
    private static Stream<String> options(String[] arguments) {
        return Arrays.stream(arguments).takeWhile(given -> !given.equals("--"));
    }

    private static boolean isJsonWithValue(String given) {
        return given.startsWith("--json=");
    }

    /** The command with all commands below it. */
    static CommandLine line() {
        return new Thalweg().line(COMMANDS.keySet());
    }

    private CommandLine line(Collection<String> names) {
        // Without colours, which would be control characters among what is printed.
        CommandLine line = new CommandLine(this)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        names.forEach(name -> line.addSubcommand(name, new CommandLine(COMMANDS.get(name))));
        return line;
    }

    /** The commands that these arguments may reach: the one they begin with, or any. Setting up all takes long. */
    private static Collection<String> reachable(String[] arguments) {
        return COMMANDS.containsKey(arguments[0]) ? List.of(arguments[0]) : COMMANDS.keySet();
    }

    @SafeVarargs
    private static Map<String, Class<?>> inOrder(Map.Entry<String, Class<?>>... commands) {
        Map<String, Class<?>> map = new LinkedHashMap<>();
        for (Map.Entry<String, Class<?>> command : commands) {
            map.put(command.getKey(), command.getValue());
        }
        return Collections.unmodifiableMap(map);
    }

    /** How a command ended. */
    private record Told(int exitCode, Optional<Failure> failure) {}

    private Told execute(String[] arguments, PrintableWriter printer, PrintableWriter errors) {
        Failed failed = new Failed();
        CommandLine line = line(reachable(arguments))
                .setOut(printer)
                .setErr(errors)
                .setExecutionStrategy(parsed -> {
                    NamedPlaces.clear(parsed, parsed.commandSpec().commandLine().getErr());
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setExecutionExceptionHandler((thrown, command, parsed) ->
                        failed.with(Failure.of(thrown).withOptionsOf(command.getCommandSpec()), thrown))
                .setParameterExceptionHandler((refused, given) -> refuse(failed, refused));
        int code;
        try {
            // Refused, because picocli would take any of true, false and the empty text.
            Optional<String> withValue = options(arguments).filter(Thalweg::isJsonWithValue).findFirst();
            code = withValue.isPresent()
                    ? refuse(failed, new ParameterException(line, "--json takes no value, found '" + withValue.get()
                            + "'"))
                    : line.execute(arguments);
        } catch (VirtualMachineError | LinkageError thrown) {
            code = failed.with(Failure.of(thrown), thrown);
        }
        if (stacktrace) {
            failed.thrown.ifPresent(thrown -> thrown.printStackTrace(errors));
        }
        failed.failure.ifPresent(failure -> errors.println("thalweg: " + failure.sentence()));
        return new Told(code, failed.failure);
    }

    /** Filled by the handlers, which picocli lets return nothing but an exit code. */
    private static final class Failed {
        private Optional<Failure> failure = Optional.empty();
        private Optional<Throwable> thrown = Optional.empty();

        int with(Failure told, Throwable cause) {
            failure = Optional.of(told);
            thrown = Optional.of(cause);
            return told.exitCode();
        }
    }

    private static int refuse(Failed failed, ParameterException refused) {
        return failed.with(failure(refused), refused);
    }

    private static Failure failure(ParameterException refused) {
        String why = refused.getMessage();
        if (refused instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
            why += ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
        }
        return new Failure(why + " (see: " + refused.getCommandLine().getCommandSpec().qualifiedName() + " --help)",
                Failure.WRONG_USE);
    }

    private static String document(Failure failure) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("error", failure.sentence());
        document.put("exit_code", failure.exitCode());
        return JsonText.of(document) + "\n";
    }
}

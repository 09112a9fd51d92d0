package org.thalweg.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.thalweg.equivalence.Proof;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.Comparison;
import org.thalweg.model.FunctionComparison;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Probes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg verify A B}: whether two models are the same function. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Decide whether two models are the same function: both run in float64 on the same inputs, random "
                + "or from data.",
        footer = {
            "",
            "Exit code 0 when all outputs agree, 1 when they do not. Differences are relative to the largest output."
        })
public final class VerifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "A Hugging Face directory.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Another one of the same architecture.")
    private Path second;

    @Option(names = "--tolerance", paramLabel = "X",
            description = "Largest relative difference that counts as equal; 1e-9 for float64 checkpoints, 1e-4 for "
                    + "float32, 5e-2 for 16-bit types when absent.")
    private Optional<Double> tolerance = Optional.empty();

    @Option(names = "--data", paramLabel = "TEXT|IMAGES",
            description = "Compare on real inputs, the first of a UTF-8 file or a directory of such (with the "
                    + "tokenizer.json in A), of a .json file of token ids, or of IDX, CIFAR or folder images.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--probes", paramLabel = "N", defaultValue = "64",
            description = "How many texts or images at most, ${DEFAULT-VALUE} when absent.")
    private int probes;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of random inputs, ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public VerifyCommand() {}

    /**
     * Compares the models and prints the verdict.
     *
     * @return 0 when they are the same function, else 1
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when a model cannot be read or the two cannot be compared
     */
    @Override
    public Integer call() {
        WholeNumbers.requireAtLeast("--probes", 1, probes);
        ModelDirectory a = ModelDirectory.open(first);
        ModelDirectory b = ModelDirectory.open(second);
        FunctionComparison comparison = new FunctionComparison(
                tolerance.orElseGet(() -> FunctionComparison.usualTolerance(a, b)), probes, seed);
        Probes inputs = data.map(place -> RealInputs.of(a, place, probes))
                .orElseGet(() -> a.inputs().random(probes, seed));
        Comparison found = comparison.compare(a, b, inputs);
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(json ? JsonText.of(document(found, a.uncompared())) : text(found));
        if (!json) {
            a.uncompared().ifPresent(part -> printer.println("Not compared: " + part + "."));
        }
        printer.flush();
        return found.proof().verified() ? 0 : 1;
    }

    private Map<String, Object> document(Comparison found, Optional<String> uncompared) {
        Proof proof = found.proof();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("verified", proof.verified());
        document.put("max_abs_difference", finite(proof.maxAbsDifference()));
        document.put("max_rel_difference", finite(proof.maxRelDifference()));
        document.put("tolerance", proof.tolerance());
        document.put("outputs", proof.outputs());
        document.put("probes", probes);
        document.put("seed", seed);
        data.ifPresent(place -> {
            document.put("data", place.toString());
            document.put("inputs", found.inputs());
        });
        found.firstDifference().ifPresent(block -> document.put("first_difference", block));
        uncompared.ifPresent(part -> document.put("not_compared", part));
        return document;
    }

    private String text(Comparison found) {
        Proof proof = found.proof();
        if (Double.isNaN(proof.maxAbsDifference())) {
            return "Not the same function, or none: an output is not finite.";
        }
        return String.format(Locale.ROOT,
                "%s: outputs differ by up to %.2e, %.2e of the largest (up to %.0e counts as equal), over %,d outputs "
                        + "of %,d %s.%s",
                proof.verified() ? "The same function" : "Not the same function",
                proof.maxAbsDifference(), proof.maxRelDifference(), proof.tolerance(), proof.outputs(),
                found.inputs(),
                (data.isEmpty() ? "random " : "") + (found.inputs() == 1 ? "input" : "inputs")
                        + data.map(place -> " from " + place).orElse(""),
                found.firstDifference().map(block -> " The first block that differs: " + block + ".").orElse(""));
    }

    private static OptionalDouble finite(double number) {
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }
}

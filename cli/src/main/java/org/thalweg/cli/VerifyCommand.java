package org.thalweg.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.Checking;
import org.thalweg.model.FunctionComparison;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.NotCompared;
import org.thalweg.network.Probes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Option(names = "--data", paramLabel = "TEXT|IMAGES",
            description = "Compare on real inputs, the first of a UTF-8 file or a directory of such (with the "
                    + "tokenizer.json in A), of a .json file of token ids, or of IDX, CIFAR or folder images.")
    private Optional<Path> data = Optional.empty();

    @Mixin
    private ComparisonOptions options;

    @Mixin
    private JsonOption json;

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
        FunctionComparison asked = new FunctionComparison(
                options.tolerance().orElse(Checking.EXACT_TOLERANCE), probes(), options.seed());
        ModelDirectory a = ModelDirectory.open(first);
        ModelDirectory b = ModelDirectory.open(second);
        FunctionComparison comparison = options.tolerance().isPresent() ? asked : new FunctionComparison(
                FunctionComparison.usualTolerance(a, b), asked.probes(), asked.seed());
        FunctionComparison.requireMemory(a, asked.probes());
        WorkThreads.choose(a, b);
        Probes inputs = data.map(place -> RealInputs.of(a, place, asked.probes()))
                .orElseGet(() -> comparison.inputs(a));
        Comparison found;
        try (ModelProgress progress = ModelProgress.on("verify", spec.commandLine().getErr())) {
            found = comparison.compare(a, b, inputs, progress);
        }
        List<String> notCompared = NotCompared.between(a, b, inputs);
        Answer.print(spec.commandLine().getOut(), json.isAsked(),
                () -> document(found, notCompared), () -> lines(found, notCompared));
        return found.verification().verified() ? 0 : 1;
    }

    private int probes() {
        return options.probes(Checking.defaults().probes());
    }

    private Map<String, Object> document(Comparison found, List<String> notCompared) {
        Verification outputs = found.verification();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("verified", outputs.verified());
        document.put("max_abs_difference", CheckAccount.finite(outputs.maxAbsDifference()));
        document.put("max_rel_difference", CheckAccount.finite(outputs.maxRelDifference()));
        document.put("tolerance", outputs.tolerance());
        document.put("outputs", outputs.outputs());
        document.put("probes", probes());
        document.put("seed", options.seed());
        data.ifPresent(place -> document.put("data", place.toString()));
        document.put("inputs", found.inputs());
        found.firstDifference().ifPresent(block -> document.put("first_difference", block));
        document.put("not_compared", notCompared);
        return document;
    }

    private List<String> lines(Comparison found, List<String> notCompared) {
        return notCompared.isEmpty() ? List.of(sentence(found)) : List.of(
                sentence(found), "Not compared: " + String.join("; ", notCompared) + ".");
    }

    private String sentence(Comparison found) {
        Verification outputs = found.verification();
        if (!Double.isFinite(outputs.maxRelDifference())) {
            return "Not the same function, or none: " + outputs.found() + ".";
        }
        return String.format(Locale.ROOT,
                "%s: outputs differ by up to %.2e, %.2e of the largest (up to %.0e counts as equal), over %,d outputs "
                        + "of %,d %s.%s",
                outputs.verified() ? "The same function" : "Not the same function",
                outputs.maxAbsDifference(), outputs.maxRelDifference(), outputs.tolerance(), outputs.outputs(),
                found.inputs(),
                (data.isEmpty() ? "random " : "") + (found.inputs() == 1 ? "input" : "inputs")
                        + data.map(place -> " from " + place).orElse(""),
                found.firstDifference().map(block -> " The first block that differs: " + block + ".").orElse(""));
    }
}

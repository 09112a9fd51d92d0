package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Widths;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Widen;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg widen DIR --out DIR2}: a wider model of the same function. */
@Command(
        name = "widen",
        mixinStandardHelpOptions = true,
        description = "Write a wider model of the same function: a longer residual stream, more hidden units, or both.",
        footer = {
            "",
            "The stream goes through a random map that keeps lengths, norms folded before; hidden units are split.",
            "Where the stock class divides the stream among its heads, heads are split too. The function is checked in",
            "float64 before anything is written."
        })
public final class WidenCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A Hugging Face directory.")
    private Path directory;

    @Mixin
    private OutputOptions output;

    @Option(names = "--residual", paramLabel = "N", description = "Width of the residual stream.")
    private Optional<Integer> residual = Optional.empty();

    @Option(names = "--hidden", paramLabel = "N", description = "Hidden units of each feed-forward network.")
    private Optional<Integer> hidden = Optional.empty();

    @Option(names = "--seed", paramLabel = "S", description = "Of all draws; ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public WidenCommand() {}

    /**
     * Writes the model and prints what was done.
     *
     * @return 0
     * @throws WrongUse when the model cannot have these widths
     * @throws WorkFailure when the model cannot be read or the function would change
     */
    @Override
    public Integer call() {
        Widen widen = new Widen(residual, hidden, seed);
        ModelDirectory model = ModelDirectory.open(directory);
        WorkThreads.choose(model);
        Widen.Done done;
        try (ModelProgress progress = ModelProgress.on("widen", spec.commandLine().getErr())) {
            done = widen.write(model, output.output(), progress);
        }
        LeftOut leftOut = LeftOut.of(model.checkpoint());
        leftOut.tell(spec.commandLine().getErr());
        Answer.print(spec.commandLine().getOut(), json.isAsked(), () -> document(done, leftOut), () -> lines(done));
        return 0;
    }

    private Map<String, Object> document(Widen.Done done, LeftOut leftOut) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("out", output.out().toString());
        document.put("seed", seed);
        document.put("residual_before", done.before().residual());
        document.put("residual_after", done.after().residual());
        document.put("hidden_before", done.before().hidden());
        document.put("hidden_after", done.after().hidden());
        document.put("heads_added", done.after().heads() - done.before().heads());
        document.put("untied_head", done.untied());
        document.put("verified", done.exact().verified());
        document.put("max_abs_difference", done.exact().maxAbsDifference());
        document.put("max_rel_difference", done.exact().maxRelDifference());
        document.put("stored_max_rel_difference", done.stored().verification().maxRelDifference());
        document.put("companions_left_out", leftOut.document());
        return document;
    }

    private List<String> lines(Widen.Done done) {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + output.out() + ", a wider model of the same function.");
        Widths before = done.before();
        Widths after = done.after();
        line(lines, "residual", widths(before.residual(), after.residual()));
        line(lines, "hidden", widths(before.hidden(), after.hidden()));
        line(lines, "heads", widths(before.heads(), after.heads()) + " of width " + after.headDim());
        if (done.untied()) {
            line(lines, "head", "lm_head.weight is a tensor of its own now, no longer the embedding");
        }
        line(lines, "check", difference(done.exact(), "in float64"));
        line(lines, "stored", difference(done.stored().verification(), "after rounding to the stored types"));
        return lines;
    }

    private static String widths(int before, int after) {
        return before == after ? before + ", as before" : after + ", before " + before;
    }

    private static void line(List<String> lines, String name, String what) {
        lines.add(String.format(Locale.ROOT, "  %-9s %s", name, what));
    }

    private static String difference(Verification found, String where) {
        return String.format(Locale.ROOT, "outputs differ by %.1e of the largest %s", found.maxRelDifference(), where);
    }
}

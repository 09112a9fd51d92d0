package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.Canonical;
import org.thalweg.model.CanonicalForm;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.NotCompared;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg canonical DIR --out DIR2}: the model that a rule chooses among all of the same function. */
@Command(
        name = "canonical",
        mixinStandardHelpOptions = true,
        description = "Rewrite a model in canonical form: of all models of its function the one that a rule chooses.",
        footer = {
            "",
            "Forms: norms (gains of RMSNorm are 1), layer-norms (gains of LayerNorm are 1 and the stream is centred,",
            "so that it is an RMSNorm model too), units (incoming and outgoing norms of units equal, routers centred),",
            "circuits (bases inside heads balanced, diagonal and signed). The function is checked in float64 before",
            "anything is written."
        })
public final class CanonicalCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A Hugging Face directory.")
    private Path directory;

    @Mixin
    private OutputOptions output;

    @Option(names = "--forms", paramLabel = "A,B,…", split = ",",
            description = "Which forms; all that the model can have when absent.")
    private List<String> forms = List.of();

    @Mixin
    private SpecOption specification;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public CanonicalCommand() {}

    /**
     * Writes the model and prints what was done.
     *
     * @return 0
     * @throws WrongUse when there is no such form or the model cannot have it
     * @throws WorkFailure when the model cannot be read or the function would change
     */
    @Override
    public Integer call() {
        Canonical canonical =
                new Canonical(forms.stream().map(CanonicalForm::named).collect(Collectors.toUnmodifiableSet()));
        ModelDirectory model = ModelDirectory.open(directory, specification.file());
        WorkThreads.choose(model);
        Canonical.Done done;
        try (ModelProgress progress = ModelProgress.on("canonical", spec.commandLine().getErr())) {
            done = canonical.write(model, output.output(), progress);
        }
        LeftOut leftOut = LeftOut.of(model.checkpoint());
        leftOut.tell(spec.commandLine().getErr());
        Answer.print(spec.commandLine().getOut(), json.isAsked(),
                () -> document(done, model, leftOut), () -> lines(done, model));
        return 0;
    }

    private Map<String, Object> document(Canonical.Done done, ModelDirectory model, LeftOut leftOut) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("out", output.out().toString());
        document.put("forms", done.forms().stream().map(CanonicalForm::label).toList());
        document.put("left", done.left());
        document.put("untied_head", done.untied());
        document.put("verified", done.exact().verified());
        document.put("max_abs_difference", done.exact().maxAbsDifference());
        document.put("max_rel_difference", done.exact().maxRelDifference());
        done.withoutMeans().ifPresent(found ->
                document.put("rms_norm_max_rel_difference", found.maxRelDifference()));
        document.put("stored_max_rel_difference", done.stored().verification().maxRelDifference());
        done.stored().fixedRouting().ifPresent(fixed -> document.put(
                "stored_fixed_routing_max_rel_difference", fixed.verification().maxRelDifference()));
        document.put("not_compared", NotCompared.tensors(model));
        document.put("companions_left_out", leftOut.document());
        return document;
    }

    private List<String> lines(Canonical.Done done, ModelDirectory model) {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + output.out() + " in canonical form.");
        line(lines, "forms", done.forms().stream().map(CanonicalForm::label).collect(Collectors.joining(", ")));
        if (done.untied()) {
            line(lines, "head", "lm_head.weight is a tensor of its own now, no longer the embedding");
        }
        done.left().forEach(what -> line(lines, "left", what));
        line(lines, "check", difference(done.exact(), "in float64"));
        done.withoutMeans().ifPresent(found ->
                line(lines, "rms norm", difference(found, "in float64 with RMSNorm in place of LayerNorm")));
        line(lines, "stored", difference(done.stored().verification(), "after rounding to the stored types"));
        done.stored().fixedRouting().ifPresent(fixed -> line(lines, "routing", difference(
                fixed.verification(), "after rounding, with every token at its old experts")));
        NotCompared.tensors(model).forEach(tensor -> line(lines, "unchecked", tensor));
        return lines;
    }

    private static void line(List<String> lines, String name, String what) {
        lines.add(String.format(Locale.ROOT, "  %-9s %s", name, what));
    }

    private static String difference(Verification found, String where) {
        return String.format(Locale.ROOT, "outputs differ by %.1e of the largest %s", found.maxRelDifference(), where);
    }
}

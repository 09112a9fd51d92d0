package org.thalweg.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.thalweg.equivalence.Proof;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.Canonical;
import org.thalweg.model.CanonicalForm;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import picocli.CommandLine.Command;
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
            "circuits (bases inside heads balanced, diagonal and signed). The function is proved equal in float64",
            "before anything is written."
        })
public final class CanonicalCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A Hugging Face directory.")
    private Path directory;

    @Option(names = "--out", required = true, paramLabel = "DIR2",
            description = "Where the model in canonical form is to stand.")
    private Path out;

    @Option(names = "--forms", paramLabel = "A,B,…", split = ",",
            description = "Which forms; all that the model can have when absent.")
    private List<String> forms = List.of();

    @Option(names = "--spec", paramLabel = "FILE",
            description = "Your own specification of the architecture, in place of the built-in one.")
    private Optional<Path> specification = Optional.empty();

    @Option(names = "--overwrite", description = "Replace a model that stands at DIR2.")
    private boolean overwrite;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public CanonicalCommand() {}

    /**
     * Writes the model and tells what was proved.
     *
     * @return 0
     * @throws WrongUse when there is no such form or the model cannot have it
     * @throws WorkFailure when the model cannot be read or the function would change
     */
    @Override
    public Integer call() {
        Canonical canonical =
                new Canonical(forms.stream().map(CanonicalForm::named).collect(Collectors.toUnmodifiableSet()));
        ModelDirectory model = ModelDirectory.open(directory, specification);
        Canonical.Done done = canonical.write(model, specification, new Output(out, overwrite));
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(json ? JsonText.of(document(done)) : text(done));
        printer.flush();
        return 0;
    }

    private Map<String, Object> document(Canonical.Done done) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("out", out.toString());
        document.put("forms", done.forms().stream().map(CanonicalForm::label).toList());
        document.put("left", done.left());
        document.put("untied_head", done.untied());
        document.put("verified", done.proof().verified());
        document.put("max_abs_difference", done.proof().maxAbsDifference());
        document.put("max_rel_difference", done.proof().maxRelDifference());
        done.withoutMeans().ifPresent(proof ->
                document.put("rms_norm_max_rel_difference", proof.maxRelDifference()));
        document.put("stored_max_rel_difference", done.stored().maxRelDifference());
        return document;
    }

    private String text(Canonical.Done done) {
        StringBuilder text = new StringBuilder("Wrote ").append(out).append(" in canonical form.");
        line(text, "forms", done.forms().stream().map(CanonicalForm::label).collect(Collectors.joining(", ")));
        if (done.untied()) {
            line(text, "head", "lm_head.weight is a tensor of its own now, no longer the embedding");
        }
        done.left().forEach(what -> line(text, "left", what));
        line(text, "proof", difference(done.proof(), "in float64"));
        done.withoutMeans().ifPresent(proof ->
                line(text, "rms norm", difference(proof, "in float64 with RMSNorm in place of LayerNorm")));
        line(text, "stored", difference(done.stored(), "after rounding to the stored types"));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String what) {
        text.append(System.lineSeparator()).append(String.format(Locale.ROOT, "  %-9s %s", name, what));
    }

    private static String difference(Proof proof, String where) {
        return String.format(Locale.ROOT, "outputs differ by %.1e of the largest %s", proof.maxRelDifference(), where);
    }
}

package org.thalweg.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.Evaluation;
import org.thalweg.model.ModelDirectory;
import org.thalweg.results.ModelScore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg evaluate MODEL --data D}: loss, perplexity and accuracy of a model. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Measure a model: loss and perplexity on texts, loss and accuracy on images.",
        footer = {
            "",
            "Weights are read one tensor at a time, so a model larger than memory can be measured; it computes in",
            "float32, or in float64 where a weight is float64 or --logits asks for it."
        })
public final class EvaluateCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "A Hugging Face directory.")
    private Path directory;

    @Mixin
    private DataOptions data;

    @Option(names = "--logits", paramLabel = "FILE.npy",
            description = "Compute in float64 and write the logits: float64, [windows tokens vocabulary] or [images "
                    + "classes].")
    private Optional<Path> logits = Optional.empty();

    @Option(names = "--little",
            description = "Use the better half of the experts that each token chooses (MoBiLE, arXiv 2510.12357).")
    private boolean little;

    @Option(names = "--fallback", paramLabel = "P",
            description = "With --little: take the whole model's answer where the half gives none a probability of P.")
    private Optional<Double> fallback = Optional.empty();

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public EvaluateCommand() {}

    /**
     * Evaluates the model and prints what was found.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when the model or the data cannot be read, do not belong together, or the loss is not finite
     */
    @Override
    public Integer call() {
        if (fallback.isPresent() && !little) {
            throw new WrongUse("--fallback is where the little model falls back to the big one; give --little too.");
        }
        ModelDirectory model = ModelDirectory.open(directory);
        LittleWay way = new LittleWay(fallback.orElse(0.0));
        Evaluation evaluation = little ? new Evaluation(model, way) : new Evaluation(model);
        LabelledData labelled = data.read(model);
        WorkThreads.choose(model);
        Evaluation.Done done;
        try (ModelProgress progress = ModelProgress.on("evaluate", spec.commandLine().getErr())) {
            done = logits.map(file -> evaluation.measureWithLogits(labelled.examples(), file, progress))
                    .orElseGet(() -> evaluation.measure(labelled.examples(), progress));
        }
        ModelScore score = new ModelScore(directory.toString(), done.score(), labelled.account(),
                done.computed().name().toLowerCase(Locale.ROOT));
        Answer.print(spec.commandLine().getOut(), json.isAsked(), () -> document(score, way), () -> lines(score, way));
        return 0;
    }

    private ObjectNode document(ModelScore score, LittleWay way) {
        ObjectNode document = score.document();
        if (little) {
            document.put("experts", "half");
            fallback.ifPresent(asked -> document.put("fallback", asked).put("fallback_share", way.share()));
        }
        logits.ifPresent(file -> document.put("logits", file.toString()));
        return document;
    }

    private List<String> lines(ModelScore score, LittleWay way) {
        List<String> lines = new ArrayList<>();
        lines.add(score.sentence());
        lines.add("  data        " + score.on().sentence());
        lines.add("  computed    in " + score.computedIn());
        if (little) {
            lines.add("  experts     the better half of those that each token chooses");
            fallback.ifPresent(asked -> lines.add(String.format(Locale.ROOT,
                    "  fallback    below %s, for %.4f of the answers", asked, way.share())));
        }
        logits.ifPresent(file -> lines.add("  logits      " + file));
        return lines;
    }
}

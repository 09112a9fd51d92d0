package org.thalweg.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.CurveFile;
import org.thalweg.connectivity.LossAndAccuracy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code thalweg barrier FILE.csv}: the barrier of a curve from anywhere, under every definition in use. With
 * {@code --json} it prints one JSON document and nothing else. Exit code 0, or a
 * {@link org.thalweg.failure.WorkFailure} naming the file and line.
 */
@Command(
        name = "barrier",
        mixinStandardHelpOptions = true,
        description = "Measure the barrier of an interpolation curve given as a CSV file.",
        footer = {
            "",
            "The file has a header line with the columns t, loss and optionally accuracy, in any order; t is the",
            "weight on model B and rises from 0 (A) to 1 (B); accuracy is a fraction from 0 to 1.",
            "The barrier is how far the curve is worse than the chord, the straight line between its two ends."
        })
public final class BarrierCommand implements Callable<Integer> {
    private static final Map<String, String> LABELS = labels();

    @Parameters(index = "0", paramLabel = "FILE.csv", description = "The curve: columns t,loss[,accuracy].")
    private Path file;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        LossAndAccuracy curves = CurveFile.read(file);
        Answer.print(spec.commandLine().getOut(), json.isAsked(),
                () -> document(curves), () -> table(curves).lines().toList());
        return 0;
    }

    private Map<String, Object> document(LossAndAccuracy curves) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("points", curves.grid().points());
        document.put("t", "the weight on B: 0 is A, 1 is B");
        document.put("loss", quantity(curves.loss().atA(), curves.loss().atB(), curves.lossBarrier()));
        curves.accuracy().ifPresent(accuracy -> document.put("accuracy",
                quantity(accuracy.atA(), accuracy.atB(), curves.accuracyBarrier().orElseThrow())));
        return document;
    }

    private static Map<String, Object> quantity(double atA, double atB, Barrier barrier) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("at_a", atA);
        numbers.put("at_b", atB);
        numbers.put("barrier", barrier.height());
        numbers.put("barrier_at", barrier.at());
        numbers.put("barrier_interior", barrier.interior());
        numbers.put("barrier_over_mean", barrier.overMean());
        numbers.put("barrier_over_worse_end", barrier.overWorseEnd());
        numbers.put("worst", barrier.worst());
        numbers.put("worst_at", barrier.worstAt());
        numbers.put("auc_signed", barrier.area().signed());
        numbers.put("auc_positive", barrier.area().positive());
        return numbers;
    }

    private static String table(LossAndAccuracy curves) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%-38s %12s", "", "loss"));
        text.append(curves.accuracy().isPresent() ? String.format(Locale.ROOT, " %12s\n", "accuracy") : "\n");
        Barrier loss = curves.lossBarrier();
        Map<String, Object> losses = quantity(curves.loss().atA(), curves.loss().atB(), loss);
        Map<String, Object> accuracies = new LinkedHashMap<>();
        curves.accuracy().ifPresent(accuracy -> accuracies.putAll(
                quantity(accuracy.atA(), accuracy.atB(), curves.accuracyBarrier().orElseThrow())));
        LABELS.forEach((key, label) -> {
            text.append(String.format(Locale.ROOT, "%-38s %12.6f", label, losses.get(key)));
            if (!accuracies.isEmpty()) {
                text.append(String.format(Locale.ROOT, " %12.6f", accuracies.get(key)));
            }
            text.append('\n');
        });
        text.append("\nt is the weight on B: t=0 is A, t=1 is B. ").append(curves.grid().points())
                .append(" points. Positive is worse; for accuracy every sign is flipped.\n");
        return text.toString();
    }

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("at_a", "at A (t=0)");
        labels.put("at_b", "at B (t=1)");
        labels.put("barrier", "barrier over the chord");
        labels.put("barrier_at", "  where, t");
        labels.put("barrier_interior", "  without the two ends");
        labels.put("barrier_over_mean", "barrier over the mean of the ends");
        labels.put("barrier_over_worse_end", "barrier over the worse end");
        labels.put("worst", "worst value");
        labels.put("worst_at", "  where, t");
        labels.put("auc_signed", "AUC over the chord, signed");
        labels.put("auc_positive", "AUC over the chord, positive part");
        return labels;
    }
}

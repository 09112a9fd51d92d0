package org.thalweg.results;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.thalweg.connectivity.EvaluationSet;

/**
 * What one model scores.
 *
 * @param model where it stands
 * @param score loss, accuracy and how many answers were counted
 * @param on the data
 * @param computedIn the type in which the network computed
 */
public record ModelScore(String model, EvaluationSet.Score score, MeasuredOn on, String computedIn) {
    /**
     * As JSON: {@code model}, {@code loss}, {@code perplexity} of texts, {@code accuracy}, the data, and conventions.
     *
     * @return a new document
     */
    public ObjectNode document() {
        ObjectNode document = MeasurementDocument.begin();
        document.put("model", model);
        document.put("loss", score.loss());
        if (on.isText()) {
            document.put("perplexity", Math.exp(score.loss()));
        }
        document.put("accuracy", score.accuracy());
        document.setAll(MeasurementDocument.data(on));
        document.put("computed_in", computedIn);
        ObjectNode conventions = document.putObject("conventions");
        conventions.put("units", MeasurementDocument.units(on));
        conventions.put("data", on.convention());
        return document;
    }

    /** One line for people. */
    public String sentence() {
        String loss = on.isText()
                ? String.format(Locale.ROOT, "Loss %.6f nats a token, perplexity %.4f, next token right %.4f",
                        score.loss(), Math.exp(score.loss()), score.accuracy())
                : String.format(Locale.ROOT, "Loss %.6f nats an image, accuracy %.4f", score.loss(), score.accuracy());
        return loss + ", over " + on.counts() + ".";
    }
}

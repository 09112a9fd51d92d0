package org.thalweg.results;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * The data on which models were measured.
 *
 * @param data where they come from
 * @param examples images, or windows of texts
 * @param answers how many answers were counted
 * @param counted what an answer is for: {@code images} or {@code tokens}
 * @param window tokens that a language model saw at once
 * @param stride tokens from one window's start to the next
 * @param textsLeftOut texts of too few tokens for one window
 */
public record MeasuredOn(
        String data,
        long examples,
        long answers,
        String counted,
        OptionalInt window,
        OptionalInt stride,
        OptionalInt textsLeftOut) {
    /** One line for people. */
    public String sentence() {
        if (window.isEmpty()) {
            return String.format(Locale.ROOT, "%s: %,d images of the test split", data, examples);
        }
        int left = textsLeftOut.orElse(0);
        return String.format(Locale.ROOT, "%s: %,d %s of %,d tokens, stride %,d%s", data, examples,
                examples == 1 ? "window" : "windows", window.getAsInt(), stride.orElseThrow(),
                left == 0 ? "" : String.format(Locale.ROOT, "; %,d %s too short for one left out", left,
                        left == 1 ? "text" : "texts"));
    }

    /** How many answers were counted, for people. */
    String counts() {
        return String.format(Locale.ROOT, "%,d %s", answers, counted);
    }

    boolean isText() {
        return window.isPresent();
    }

    /** How the data were made ready, in words. */
    String convention() {
        return isText()
                ? "Texts are cut into windows; every token of a text but its first is predicted once, by the first"
                        + " window that reaches it. Texts too short for one window are left out."
                : "Images of the test split, each channel standardised by mean and deviation of the training split.";
    }
}

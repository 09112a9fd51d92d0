package org.thalweg.study;

import java.util.List;
import java.util.stream.Stream;
import org.thalweg.data.TextCorpus;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;
import org.thalweg.training.TextExamples;

/**
 * The parts of a text as windows that follow one another.
 *
 * @param train what is trained on
 * @param validation by what trainings may be ended
 * @param test what results are measured on
 * @param digest of the text and the window
 */
record TextWindows(TextExamples train, TextExamples validation, TextExamples test, Digest digest) {
    /**
     * Cuts the parts of a text.
     *
     * @param corpus the text
     * @param window tokens that a network sees at once
     * @param key by which the study's file says the window
     * @return the windows
     * @throws WorkFailure when a part is shorter than a window
     */
    static TextWindows of(TextCorpus corpus, int window, String key) {
        List<TextExamples> parts = Stream.of(corpus.train(), corpus.validation(), corpus.test())
                .map(ids -> new TextExamples(List.of(ids), corpus.vocabulary(), window, window))
                .toList();
        if (parts.stream().anyMatch(part -> part.size() == 0)) {
            throw new WorkFailure("the text " + corpus.name() + " has " + corpus.train().length
                    + " tokens for training, " + corpus.validation().length + " for validation and "
                    + corpus.test().length + " for tests, but " + key + " is " + window
                    + " and each needs one more; choose a smaller window or give a longer text.");
        }
        return new TextWindows(parts.get(0), parts.get(1), parts.get(2),
                Digest.ofText(corpus.digest().hex() + " " + window));
    }
}

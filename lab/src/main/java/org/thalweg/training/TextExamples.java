package org.thalweg.training;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Tensor;

/**
 * Windows of texts for next-token prediction, all of one length. Windows start every {@code stride} tokens, the last
 * one of a text where it ends with the text. A window that overlaps the one before is scored only behind the overlap,
 * so that each token of a text but its first is predicted once. Texts of no more tokens than a window are left out.
 */
public final class TextExamples implements Examples {
    private final List<int[]> texts;
    private final int vocabulary;
    private final int window;
    private final List<Window> windows = new ArrayList<>();

    /**
     * A window's place.
     *
     * @param text number of the text
     * @param start its first token
     * @param scored from which of its predictions on they are counted
     */
    private record Window(int text, int start, int scored) {}

    /**
     * Cuts texts into windows.
     *
     * @param texts token ids, all below {@code vocabulary}; not changed and not to be changed
     * @param vocabulary how many tokens there are
     * @param window tokens that the network sees at once; each predicts the next, so a window takes one token more
     * @param stride tokens from one window's start to the next, 1 to {@code window}
     * @throws IllegalArgumentException when the stride is out of range
     */
    public TextExamples(List<int[]> texts, int vocabulary, int window, int stride) {
        if (window < 1 || stride < 1 || stride > window) {
            throw new IllegalArgumentException("a stride of " + stride + " does not fit windows of " + window);
        }
        this.texts = List.copyOf(texts);
        this.vocabulary = vocabulary;
        this.window = window;
        for (int text = 0; text < texts.size(); text++) {
            int last = texts.get(text).length - window - 1;
            int predicted = 0;
            for (int start = 0; last >= 0 && predicted < last + window; start = Math.min(start + stride, last)) {
                windows.add(new Window(text, start, predicted - start));
                predicted = start + window;
            }
        }
    }

    @Override
    public int size() {
        return windows.size();
    }

    @Override
    public int classes() {
        return vocabulary;
    }

    /**
     * Tokens that the network sees at once.
     *
     * @return tokens of a window
     */
    public int window() {
        return window;
    }

    /**
     * Some of the windows.
     *
     * @param indices which, in order
     * @return [batch window], int64
     */
    @Override
    public Tensor inputs(int[] indices) {
        long[] tokens = new long[indices.length * window];
        for (int i = 0; i < indices.length; i++) {
            Window place = windows.get(indices[i]);
            for (int j = 0; j < window; j++) {
                tokens[i * window + j] = texts.get(place.text())[place.start() + j];
            }
        }
        return Tensor.of(tokens, indices.length, window);
    }

    /**
     * The token behind each token of some windows.
     *
     * @param indices which, in order
     * @return [batch window], int64, {@link Examples#IGNORED} where an earlier window predicts it
     */
    @Override
    public Tensor labels(int[] indices) {
        long[] next = new long[indices.length * window];
        for (int i = 0; i < indices.length; i++) {
            Window place = windows.get(indices[i]);
            for (int j = 0; j < window; j++) {
                next[i * window + j] = j < place.scored() ? IGNORED : texts.get(place.text())[place.start() + j + 1];
            }
        }
        return Tensor.of(next, indices.length, window);
    }
}

package org.thalweg.training;

import java.util.Arrays;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.LabelledCorpus;
import org.thalweg.tensor.Tensor;

/**
 * Texts with the class of each, for networks whose tokens see earlier ones alone and that answer behind every token:
 * the answer behind a text's last token counts. Shorter texts are filled up behind it, which changes no such answer.
 *
 * @param texts the texts, none longer than the window
 * @param classes how many classes there are
 * @param window tokens that the network sees at once
 */
public record LabelledTextExamples(LabelledCorpus.Part texts, int classes, int window) implements Examples {
    @Override
    public int size() {
        return texts.texts().size();
    }

    /**
     * Some of the texts.
     *
     * @param indices which, in order
     * @return [batch window], int64, token 0 behind a text's end
     */
    @Override
    public Tensor inputs(int[] indices) {
        long[] tokens = new long[indices.length * window];
        for (int i = 0; i < indices.length; i++) {
            int[] text = texts.texts().get(indices[i]);
            for (int j = 0; j < text.length; j++) {
                tokens[i * window + j] = text[j];
            }
        }
        return Tensor.of(tokens, indices.length, window);
    }

    /**
     * The class of each of some texts.
     *
     * @param indices which, in order
     * @return [batch window], int64, {@link Examples#IGNORED} but behind a text's last token
     */
    @Override
    public Tensor labels(int[] indices) {
        long[] labels = new long[indices.length * window];
        Arrays.fill(labels, IGNORED);
        for (int i = 0; i < indices.length; i++) {
            labels[i * window + texts.texts().get(indices[i]).length - 1] = texts.label(indices[i]);
        }
        return Tensor.of(labels, indices.length, window);
    }
}

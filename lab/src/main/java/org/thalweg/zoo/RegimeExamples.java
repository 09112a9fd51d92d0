package org.thalweg.zoo;

import java.util.Arrays;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Tensor;

/**
 * Vectors of numbers, each of one hidden regime, with classes or vectors as right answers.
 *
 * @param vectors [examples width]
 * @param regimes of each example, from 0; no network sees them
 * @param answers what is right
 */
record RegimeExamples(float[][] vectors, int[] regimes, Answers answers) implements Examples {
    /** What is right for each example. */
    sealed interface Answers {
        /**
         * A class.
         *
         * @param count how many classes there are
         * @param of the class of each example, from 0
         */
        record Classes(int count, long[] of) implements Answers {}

        /**
         * A vector.
         *
         * @param of [examples outputs]
         */
        record Vectors(float[][] of) implements Answers {}
    }

    @Override
    public int size() {
        return vectors.length;
    }

    @Override
    public int classes() {
        return switch (answers) {
            case Answers.Classes(int count, long[] _) -> count;
            case Answers.Vectors(float[][] of) -> of[0].length;
        };
    }

    @Override
    public Tensor inputs(int[] indices) {
        return rows(vectors, indices);
    }

    @Override
    public Tensor labels(int[] indices) {
        return switch (answers) {
            case Answers.Classes(int _, long[] of) ->
                Tensor.of(Arrays.stream(indices).mapToLong(index -> of[index]).toArray(), indices.length);
            case Answers.Vectors(float[][] of) -> rows(of, indices);
        };
    }

    private static Tensor rows(float[][] all, int[] indices) {
        int width = all[0].length;
        float[] values = new float[indices.length * width];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(all[indices[i]], 0, values, i * width, width);
        }
        return Tensor.of(values, indices.length, width);
    }
}

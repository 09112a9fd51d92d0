package org.thalweg.model;

import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Random texts of one length; the first prediction of every second one is not counted. */
record RandomTexts(int size, int classes, int window, long[] tokens) implements Examples {
    static RandomTexts of(int size, int vocabulary, int window, long seed) {
        try (Scope scope = Scope.open()) {
            return new RandomTexts(size, vocabulary, window, Random.seeded(seed)
                    .uniform(DType.FLOAT64, 0, vocabulary, size, window + 1).to(DType.INT64).toLongs());
        }
    }

    @Override
    public Tensor inputs(int[] indices) {
        return tensor(indices, 0);
    }

    @Override
    public Tensor labels(int[] indices) {
        return tensor(indices, 1);
    }

    private Tensor tensor(int[] indices, int shift) {
        long[] values = new long[indices.length * window];
        for (int i = 0; i < indices.length; i++) {
            for (int j = 0; j < window; j++) {
                boolean ignored = shift == 1 && j == 0 && indices[i] % 2 == 1;
                values[i * window + j] = ignored ? IGNORED : tokens[indices[i] * (window + 1) + j + shift];
            }
        }
        return Tensor.of(values, indices.length, window);
    }

    long answers() {
        return (long) size * window - size / 2;
    }
}

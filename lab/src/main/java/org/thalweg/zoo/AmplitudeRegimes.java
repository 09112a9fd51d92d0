package org.thalweg.zoo;

import java.util.List;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A regression task in which a hidden regime says which map is right and an amplitude how much of it: the input is
 * {@code [code_r + noise, u, a - 1]}, the target {@code a tanh(u B_r)}. Which expert and how much of it are two things.
 */
final class AmplitudeRegimes {
    static final int WIDTH = 24;
    static final int OUTPUTS = 8;
    private static final int CODES = 8;
    private static final double NOISE = 0.3;
    private static final double LEAST = 0.2;
    private static final double MOST = 1.8;

    private AmplitudeRegimes() {}

    /**
     * Examples of the task, of all regimes in turn.
     *
     * @param split {@code training} or {@code test}
     * @param count how many
     * @param regimes how many there are
     * @return the same for the same arguments
     */
    static RegimeExamples of(String split, int count, int regimes) {
        int features = WIDTH - CODES - 1;
        try (Scope scope = Scope.open()) {
            Random teacher = Random.seeded(Random.childSeed(MoeSystem.DATA_SEED, "adamoe teacher"));
            Tensor codes = teacher.normal(DType.FLOAT32, regimes, CODES);
            Random noise = Random.seeded(Random.childSeed(MoeSystem.DATA_SEED, "adamoe " + split));
            float[][] vectors = new float[count][];
            float[][] targets = new float[count][];
            int[] regimeOf = new int[count];
            for (int regime = 0; regime < regimes; regime++) {
                Tensor map = teacher.normal(DType.FLOAT32, features, OUTPUTS).multiply(1.5 / Math.sqrt(features));
                int size = (count - regime + regimes - 1) / regimes;
                Tensor code = noise.normal(DType.FLOAT32, size, CODES).multiply(NOISE)
                        .add(codes.narrow(0, regime, 1));
                Tensor u = noise.normal(DType.FLOAT32, size, features);
                Tensor amplitude = noise.uniform(DType.FLOAT32, LEAST, MOST, size, 1);
                float[][] rows = Tensor.concatenate(List.of(code, u, amplitude.add(-1)), 1).toFloatRows();
                float[][] right = Functions.tanh(u.matmul(map)).multiply(amplitude).toFloatRows();
                for (int i = 0; i < size; i++) {
                    int place = i * regimes + regime;
                    vectors[place] = rows[i];
                    targets[place] = right[i];
                    regimeOf[place] = regime;
                }
            }
            return new RegimeExamples(vectors, regimeOf, new RegimeExamples.Answers.Vectors(targets));
        }
    }
}

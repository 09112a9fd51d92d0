package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A classification task with a hidden regime that persists through depth: {@code x = code_r + noise}, then
 * {@code u ← u + tanh(u A_rs)} in {@link #STEPS} steps s with maps of the regime r, and the class is the largest of
 * {@code u H}. All steps of an example belong to one regime, which its input shows only through noise.
 */
final class DepthRegimes {
    static final int WIDTH = 32;
    static final int CLASSES = 8;
    private static final int STEPS = 3;
    private static final double CODE = 0.5;
    private static final double GAIN = 1.5;

    private DepthRegimes() {}

    /**
     * Examples of the task, of all regimes in turn.
     *
     * @param split {@code training} or {@code test}
     * @param count how many
     * @param regimes how many there are
     * @return the same for the same arguments
     */
    static RegimeExamples of(String split, int count, int regimes) {
        try (Scope scope = Scope.open()) {
            Random teacher = Random.seeded(Random.childSeed(MoeSystem.DATA_SEED, "omni-router teacher"));
            Tensor codes = teacher.normal(DType.FLOAT32, regimes, WIDTH).multiply(CODE);
            Tensor head = teacher.normal(DType.FLOAT32, WIDTH, CLASSES);
            Random noise = Random.seeded(Random.childSeed(MoeSystem.DATA_SEED, "omni-router " + split));
            float[][] vectors = new float[count][];
            int[] regimeOf = new int[count];
            long[] classOf = new long[count];
            for (int regime = 0; regime < regimes; regime++) {
                List<Tensor> maps = new ArrayList<>();
                for (int step = 0; step < STEPS; step++) {
                    maps.add(teacher.normal(DType.FLOAT32, WIDTH, WIDTH).multiply(GAIN / Math.sqrt(WIDTH)));
                }
                int size = (count - regime + regimes - 1) / regimes;
                Tensor x = noise.normal(DType.FLOAT32, size, WIDTH).add(codes.narrow(0, regime, 1));
                Tensor u = x;
                for (Tensor map : maps) {
                    u = u.add(Functions.tanh(u.matmul(map)));
                }
                float[][] rows = x.toFloatRows();
                long[] classes = u.matmul(head).argmax(1).toLongs();
                for (int i = 0; i < size; i++) {
                    int place = i * regimes + regime;
                    vectors[place] = rows[i];
                    regimeOf[place] = regime;
                    classOf[place] = classes[i];
                }
            }
            return new RegimeExamples(vectors, regimeOf, new RegimeExamples.Answers.Classes(CLASSES, classOf));
        }
    }
}

package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimiserTest {
    static List<Optimiser.Method> methods() {
        return List.of(
                new Optimiser.Method.Sgd(0.9, true, 1e-3),
                new Optimiser.Method.Adam(0.9, 0.999, 1e-8, 1e-3),
                new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 1e-2));
    }

    @Test
    void plainDescentMovesAgainstTheGradient() {
        try (Scope scope = Scope.open()) {
            Parameters leaves = Gradients.leaves(Parameters.of(Map.of("w", Tensor.of(new double[] {3, -1}, 2))));
            Optimiser optimiser = new Optimiser(new Optimiser.Method.Sgd(0, false, 0), leaves);
            optimiser.step(square(leaves), 0.25);
            assertThat(leaves.get("w").toDoubles()).containsExactly(1.5, -0.5);
        }
    }

    @Test
    void firstStepOfAdamWIsTheLearningRateAfterDecay() {
        try (Scope scope = Scope.open()) {
            Parameters leaves = Gradients.leaves(Parameters.of(Map.of("w", Tensor.of(new double[] {2}, 1))));
            Optimiser optimiser = new Optimiser(new Optimiser.Method.AdamW(0.9, 0.999, 1e-12, 0.1), leaves);
            optimiser.step(square(leaves), 0.01);
            assertThat(leaves.get("w").item()).isCloseTo(2 * (1 - 0.01 * 0.1) - 0.01, within(1e-9));
        }
    }

    @Test
    void adamFollowsItsFormulaForSeveralStepsWithUnequalDecays() {
        double beta1 = 0.7;
        double beta2 = 0.95;
        double weight = 2;
        double mean = 0;
        double square = 0;
        try (Scope scope = Scope.open()) {
            Parameters leaves = Gradients.leaves(Parameters.of(Map.of("w", Tensor.of(new double[] {2}, 1))));
            Optimiser optimiser = new Optimiser(new Optimiser.Method.Adam(beta1, beta2, 1e-8, 0), leaves);
            for (int step = 1; step <= 5; step++) {
                double gradient = 2 * weight;
                mean = beta1 * mean + (1 - beta1) * gradient;
                square = beta2 * square + (1 - beta2) * gradient * gradient;
                double corrected = mean / (1 - Math.pow(beta1, step));
                double root = Math.sqrt(square / (1 - Math.pow(beta2, step)));
                weight -= 0.3 * corrected / (root + 1e-8);
                optimiser.step(square(leaves), 0.3);
                assertThat(leaves.get("w").item()).isCloseTo(weight, within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aResumedRunEqualsAnUndisturbedOneBitForBit(Optimiser.Method method, @TempDir Path directory) {
        try (Scope scope = Scope.open()) {
            Parameters start = Parameters.of(Map.of("w", Random.seeded(1).normal(DType.FLOAT32, 7)));
            Parameters whole = Gradients.leaves(start);
            Optimiser undisturbed = new Optimiser(method, whole);
            for (int step = 0; step < 6; step++) {
                undisturbed.step(square(whole), 0.01 * (step + 1));
            }
            Parameters first = Gradients.leaves(start);
            Optimiser stopped = new Optimiser(method, first);
            for (int step = 0; step < 3; step++) {
                stopped.step(square(first), 0.01 * (step + 1));
            }
            stopped.save(directory.resolve("state"));
            Parameters second = Gradients.leaves(first);
            Optimiser resumed = new Optimiser(method, second);
            resumed.load(directory.resolve("state"));
            for (int step = 3; step < 6; step++) {
                resumed.step(square(second), 0.01 * (step + 1));
            }
            assertThat(second.get("w").toFloats()).containsExactly(whole.get("w").toFloats());
        }
    }

    private static Tensor square(Parameters leaves) {
        return leaves.get("w").multiply(leaves.get("w")).sum();
    }
}

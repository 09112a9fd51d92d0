package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DecoderOperatorsTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    @Test
    void activationsFollowTheirFormulas() {
        try (Scope scope = Scope.open()) {
            double x = 0.7;
            double logistic = 1 / (1 + Math.exp(-x));
            Tensor tensor = Tensor.of(new double[] {x}, 1);
            assertThat(Functions.sigmoid(tensor).item()).isCloseTo(logistic, CLOSE);
            assertThat(Functions.silu(tensor).item()).isCloseTo(x * logistic, CLOSE);
            double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
            assertThat(Functions.geluTanh(tensor).item()).isCloseTo(x / 2 * (1 + Math.tanh(inner)), CLOSE);
        }
    }

    @Test
    void rootMeanSquareNormDividesEachRow() {
        try (Scope scope = Scope.open()) {
            double[] normed = Functions.rmsNorm(Tensor.of(new double[] {3, 4, 0, 0}, 2, 2), 0.5).toDoubles();
            double root = Math.sqrt(12.5 + 0.5);
            assertThat(normed).containsExactly(new double[] {3 / root, 4 / root, 0, 0}, CLOSE);
        }
    }

    @Test
    void clampMovesOutlyingElementsToTheNearerEnd() {
        try (Scope scope = Scope.open()) {
            Tensor tensor = Tensor.of(new double[] {-9, 0, 4, 25}, 4);
            assertThat(Functions.clamp(tensor, 0, 16).toDoubles()).containsExactly(0, 0, 4, 16);
            assertThat(Functions.clamp(tensor, Double.NEGATIVE_INFINITY, 1).toDoubles()).containsExactly(-9, 0, 1, 1);
        }
    }

    @Test
    void scatterOverwritesNamedPlacesOfACopy() {
        try (Scope scope = Scope.open()) {
            Tensor tensor = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
            Tensor index = Tensor.of(new long[] {1, 0}, 2, 1);
            assertThat(tensor.scatter(1, index, 7).toDoubles()).containsExactly(1, 7, 7, 4);
            assertThat(tensor.toDoubles()).containsExactly(1, 2, 3, 4);
        }
    }
}

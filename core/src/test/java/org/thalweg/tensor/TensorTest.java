package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void valuesSurviveTheWayIntoNativeMemoryAndBack() {
        try (Scope scope = Scope.open()) {
            assertThat(Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1).toDoubles())
                    .containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(Tensor.of(new float[] {1.5f, -2f}, 2).toDoubles()).containsExactly(1.5, -2);
            assertThat(Tensor.of(new long[] {7, 8}, 2).dtype()).isEqualTo(DType.INT64);
            assertThat(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2).toFloatRows())
                    .isDeepEqualTo(new float[][] {{1, 2}, {3, 4}});
        }
    }

    @Test
    void refusesAShapeThatDoesNotHoldTheValues() {
        assertThatThrownBy(() -> Tensor.of(new double[] {1, 2, 3}, 2, 2))
                .hasMessage("shape [2, 2] of FLOAT64 takes 32 bytes, not 24");
    }

    @Test
    void equalSeedsGiveEqualNumbersAndPurposesGiveDifferentSeeds() {
        try (Scope scope = Scope.open()) {
            assertThat(Random.seeded(3).normal(DType.FLOAT32, 4).toFloats())
                    .containsExactly(Random.seeded(3).normal(DType.FLOAT32, 4).toFloats());
        }
        assertThat(Random.childSeed(3, "data")).isNotEqualTo(Random.childSeed(3, "initialisation"));
        assertThat(Random.seeded(5).permutation(6)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void tiesSortToTheSmallerIndex() {
        try (Scope scope = Scope.open()) {
            double[] values = new double[64];
            values[40] = 1;
            long[] order = Tensor.of(values, 64).argsortDescending(0).toLongs();
            assertThat(order[0]).isEqualTo(40);
            assertThat(order[1]).isEqualTo(0);
            assertThat(order[2]).isEqualTo(1);
        }
    }

    @Test
    void gradientsAgreeWithCentralDifferences() {
        try (Scope scope = Scope.open()) {
            Tensor x = Random.seeded(1).normal(DType.FLOAT64, 5, 4);
            Parameters point = Parameters.of(Map.of("w", Random.seeded(2).normal(DType.FLOAT64, 3, 4)));
            Tensor labels = Tensor.of(new long[] {0, 1, 2, 0, 1}, 5);
            Parameters leaves = Gradients.leaves(point);
            double[] analytic = Gradients.of(loss(leaves, x, labels), leaves).get("w").toDoubles();
            double[] values = point.get("w").toDoubles();
            double step = 1e-6;
            for (int i = 0; i < values.length; i++) {
                double[] up = values.clone();
                double[] down = values.clone();
                up[i] += step;
                down[i] -= step;
                double numeric = (at(up, x, labels) - at(down, x, labels)) / (2 * step);
                assertThat(analytic[i]).isCloseTo(numeric, within(1e-8));
            }
        }
    }

    @Test
    void keptTensorsOutliveTheirScopeAndOthersDoNot() {
        try (Scope outer = Scope.open()) {
            Tensor kept;
            Tensor lost;
            try (Scope inner = Scope.open()) {
                kept = inner.keep(Tensor.ones(DType.FLOAT32, 3));
                lost = Tensor.ones(DType.FLOAT32, 3);
            }
            assertThat(kept.toDoubles()).containsExactly(1, 1, 1);
            assertThatThrownBy(lost::size).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void interpolationIsExactAtBothEnds() {
        try (Scope scope = Scope.open()) {
            Parameters a = Parameters.of(Map.of("w", Random.seeded(1).normal(DType.FLOAT32, 9)));
            Parameters b = Parameters.of(Map.of("w", Random.seeded(2).normal(DType.FLOAT32, 9)));
            assertThat(a.lerp(b, 0).get("w").toFloats()).containsExactly(a.get("w").toFloats());
            assertThat(a.lerp(b, 1).get("w").toFloats()).containsExactly(b.get("w").toFloats());
        }
    }

    @Test
    void joinsAndPicks() {
        try (Scope scope = Scope.open()) {
            Tensor joined =
                    Tensor.concatenate(List.of(Tensor.ones(DType.FLOAT64, 2), Tensor.zeros(DType.FLOAT64, 1)), 0);
            assertThat(joined.indexSelect(0, Tensor.indices(new int[] {2, 0})).toDoubles()).containsExactly(0, 1);
            assertThat(joined.equalTo(1).nonZero().toLongs()).containsExactly(0, 1);
            assertThat(Tensor.of(new double[] {1, Double.NaN}, 2).isFinite()).isFalse();
        }
    }

    private static double at(double[] weights, Tensor x, Tensor labels) {
        return loss(Parameters.of(Map.of("w", Tensor.of(weights, 3, 4))), x, labels).item();
    }

    private static Tensor loss(Parameters parameters, Tensor x, Tensor labels) {
        Tensor h = Functions.gelu(Functions.linear(x, parameters.get("w"), java.util.Optional.empty()));
        return Functions.crossEntropy(h, labels);
    }
}

package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ColumnsTest {
    private static final int[] ORDER = IntStream.range(0, 513).map(i -> 1024 - 2 * i).toArray();

    private static Tensor matrix(DType type) {
        return Random.seeded(1).normal(DType.FLOAT64, 3, 171, 1026).multiply(100).to(type);
    }

    private static Tensor byRows(Tensor matrix) {
        return matrix.transpose(0, 2).contiguous().indexSelect(0, Tensor.indices(ORDER)).transpose(0, 2);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16", "INT64", "INT32"})
    void columnsAreTakenAsRowsOfTheTransposedAre(DType type) {
        try (Scope scope = Scope.open()) {
            Tensor matrix = matrix(type);
            assertThat(Columns.takes(matrix, 2)).isTrue();
            assertThat(matrix.indexSelect(2, Tensor.indices(ORDER)).sameAs(byRows(matrix))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
    void signsAreThoseOfAProduct(DType type) {
        try (Scope scope = Scope.open()) {
            Tensor matrix = matrix(type);
            boolean[] negative = new boolean[ORDER.length];
            double[] factors = new double[ORDER.length];
            for (int i = 0; i < ORDER.length; i++) {
                negative[i] = i % 3 == 0;
                factors[i] = negative[i] ? -1 : 1;
            }
            Tensor expected = byRows(matrix).multiply(Tensor.of(factors, factors.length).to(type));
            assertThat(Columns.select(matrix, ORDER, negative).sameAs(expected)).isTrue();
            Arrays.fill(negative, false);
            assertThat(Columns.select(matrix, ORDER, negative).sameAs(expected)).isFalse();
        }
    }

    @Test
    void otherAxesBytesAndWhatIsRecordedAreLeftToTheLibrary() {
        try (Scope scope = Scope.open()) {
            assertThat(Columns.takes(matrix(DType.FLOAT32), 1)).isFalse();
            assertThat(Columns.takes(matrix(DType.UINT8), 2)).isFalse();
            assertThat(Columns.takes(matrix(DType.FLOAT32).transpose(0, 1), 2)).isFalse();
            assertThat(Columns.takes(matrix(DType.FLOAT32).narrow(1, 0, 3), 2)).isFalse();
            Tensor recorded = Gradients.leaves(Parameters.of(Map.of("x", matrix(DType.FLOAT32)))).get("x");
            assertThat(Columns.takes(recorded, 2)).isFalse();
            assertThatThrownBy(() -> Columns.select(matrix(DType.INT64), ORDER, new boolean[ORDER.length]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}

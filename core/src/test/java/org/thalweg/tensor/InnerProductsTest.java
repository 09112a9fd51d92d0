package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InnerProductsTest {
    /** Matrices, one wide row, a few large slices, a single number, none. */
    @ParameterizedTest
    @ValueSource(strings = {"1500 1100", "1 200000", "1 3 70000", "8 300 40", "", "0 5"})
    void blocksAddUpToWhatOneOperationInFloat64Gives(String shape) {
        long[] lengths = shape.isEmpty() ? new long[0]
                : Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray();
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Tensor a = random.normal(DType.FLOAT32, lengths);
            Tensor b = random.normal(DType.FLOAT32, lengths);
            requireSums(a, b);
            int last = lengths.length - 1;
            if (last > 0) {
                requireSums(a.transpose(0, last), b.transpose(0, last));
                requireSums(a.transpose(0, last), b.transpose(0, last).contiguous());
            }
        }
    }

    private static void requireSums(Tensor a, Tensor b) {
        Tensor one = a.to(DType.FLOAT64);
        Tensor other = b.to(DType.FLOAT64);
        assertThat(InnerProducts.of(a, b)).isCloseTo(one.multiply(other).sum().item(), within(1e-8));
        assertThat(InnerProducts.squareOf(a)).isCloseTo(one.multiply(one).sum().item(), within(1e-8));
        Tensor apart = one.subtract(other);
        assertThat(InnerProducts.squaredDistance(a, b)).isCloseTo(apart.multiply(apart).sum().item(), within(1e-8));
    }

    @Test
    void squaresOfSeveralBlocksAddUpOverAllAxesButThoseThatAreKept() {
        try (Scope scope = Scope.open()) {
            Tensor tensor = Random.seeded(1).normal(DType.FLOAT32, 1, 40, 70, 90);
            for (List<Integer> kept : List.of(List.<Integer>of(), List.of(1), List.of(2), List.of(3), List.of(1, 2),
                    List.of(1, 3), List.of(2, 3))) {
                Tensor exact = tensor.to(DType.FLOAT64);
                double[] expected = InnerProducts.sumExcept(exact.multiply(exact), kept).contiguous().toDoubles();
                double[] found = InnerProducts.squaresAlong(tensor, kept);
                assertThat(Tensor.of(found, found.length).subtract(Tensor.of(expected, expected.length)).abs().max())
                        .as(kept.toString()).isLessThan(1e-9);
            }
        }
    }
}

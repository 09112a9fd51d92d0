package org.thalweg.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class GaugeTest {
    @Test
    void squaresOfSeveralBlocksAddUpOverAllAxesButThoseThatAreKept() {
        try (Scope scope = Scope.open()) {
            Tensor tensor = Random.seeded(1).normal(DType.FLOAT32, 1, 40, 70, 90);
            for (List<Integer> kept : List.of(List.<Integer>of(), List.of(1), List.of(2), List.of(3), List.of(1, 2),
                    List.of(1, 3), List.of(2, 3))) {
                Tensor exact = tensor.to(DType.FLOAT64);
                double[] expected = Gauge.sumExcept(exact.multiply(exact), kept).contiguous().toDoubles();
                double[] found = Gauge.squaresExcept(tensor, kept);
                assertThat(Tensor.of(found, found.length).subtract(Tensor.of(expected, expected.length)).abs().max())
                        .as(kept.toString()).isLessThan(1e-9);
            }
        }
    }
}

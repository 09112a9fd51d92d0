package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.ProductSum;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class BoundsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noProductIsAboveItsBoundAndNoBoundFarAboveTheNorms(long seed) {
        try (Scope scope = Scope.open();
                ProductSum sum = new ProductSum(30)) {
            Random random = Random.seeded(seed);
            Tensor a = random.normal(DType.FLOAT32, 30, 700);
            // Parallel, antiparallel and unrelated rows, of very different lengths.
            Tensor b = Tensor.concatenate(List.of(
                    a.narrow(0, 0, 10).multiply(100), a.narrow(0, 10, 10).multiply(-0.01),
                    random.normal(DType.FLOAT32, 10, 700)), 0);
            Bounds bounds = new Bounds();
            bounds.add(sum, a, b);
            sum.makeAbsolute();
            bounds.addTo(sum);
            double[] bound = sum.matrix().toDoubles();
            double[] exact = a.to(DType.FLOAT64).matmul(b.to(DType.FLOAT64).transpose(0, 1)).abs().toDoubles();
            for (int i = 0; i < exact.length; i++) {
                assertThat(exact[i]).isLessThanOrEqualTo(bound[i]);
                double norms = a.narrow(0, i / 30, 1).norm() * b.narrow(0, i % 30, 1).norm();
                assertThat(bound[i]).isLessThan(1.01 * norms);
            }
        }
    }
}

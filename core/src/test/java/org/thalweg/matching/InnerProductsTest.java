package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class InnerProductsTest {
    @Test
    void blocksOfFloat32NumbersAddUpToTheProductInFloat64() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Tensor a = random.normal(DType.FLOAT32, 1500, 1100);
            Tensor b = random.normal(DType.FLOAT32, 1500, 1100);
            double expected = a.to(DType.FLOAT64).multiply(b.to(DType.FLOAT64)).sum().item();
            assertThat(InnerProducts.of(a, b)).isCloseTo(expected, within(1e-8));
            assertThat(InnerProducts.of(a.transpose(0, 1), b.transpose(0, 1))).isCloseTo(expected, within(1e-8));
        }
    }
}

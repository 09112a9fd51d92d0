package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProductSumTest {
    @Test
    void aSmallSumIsFloat64AndExact() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Tensor a = random.normal(DType.FLOAT64, 5, 7);
            Tensor b = random.normal(DType.FLOAT64, 5, 7);
            ProductSum sum = new ProductSum(5);
            sum.add(a, b);
            sum.add(b.to(DType.FLOAT32), b);
            Tensor expected = a.matmul(b.transpose(0, 1))
                    .add(b.to(DType.FLOAT32).to(DType.FLOAT64).matmul(b.transpose(0, 1)));
            assertThat(sum.matrix().dtype()).isEqualTo(DType.FLOAT64);
            assertThat(sum.matrix().subtract(expected).abs().max()).isLessThan(1e-14);
            sum.makeAbsolute();
            float[][] rows = new float[5][5];
            sum.copyTo(rows);
            assertThat(rows[3][2]).isEqualTo((float) Math.abs(expected.toDoubles()[17]));
        }
    }

    @Test
    void aLargeSumIsOneFloat32MatrixAsCloseAsFloat32Gets() {
        int size = 4097;
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(2);
            Tensor a = random.normal(DType.FLOAT32, size, 3);
            Tensor b = random.normal(DType.FLOAT64, size, 3);
            ProductSum sum = new ProductSum(size);
            sum.add(a, b);
            sum.add(a, a);
            assertThat(sum.matrix().dtype()).isEqualTo(DType.FLOAT32);
            double[] x = a.narrow(0, 4096, 1).toDoubles();
            double[] y = b.narrow(0, 11, 1).toDoubles();
            double[] z = a.narrow(0, 11, 1).toDoubles();
            double expected = 0;
            for (int i = 0; i < 3; i++) {
                expected += x[i] * (y[i] + z[i]);
            }
            float[][] rows = new float[size][size];
            sum.copyTo(rows);
            assertThat((double) rows[4096][11]).isCloseTo(expected, within(1e-5));
            ProductSum exact = new ProductSum(size, DType.FLOAT64);
            exact.add(a.to(DType.FLOAT64), b);
            exact.add(a.to(DType.FLOAT64), a.to(DType.FLOAT64));
            assertThat(exact.isRounded()).isFalse();
            exact.copyTo(rows);
            assertThat(rows[4096][11]).isEqualTo((float) expected);
        }
    }

    @Test
    void manyNumbersOfFewBitsAreComparedInFloat32AndAllOthersInFloat64() {
        try (Scope scope = Scope.open()) {
            assertThat(WorkingType.of(Tensor.zeros(DType.BFLOAT16, 1 << 20)).dtype()).isEqualTo(DType.FLOAT32);
            assertThat(WorkingType.of(Tensor.zeros(DType.BFLOAT16, (1 << 20) - 1)).dtype()).isEqualTo(DType.FLOAT64);
            assertThat(WorkingType.of(Tensor.zeros(DType.FLOAT64, 1 << 20)).dtype()).isEqualTo(DType.FLOAT64);
        }
    }
}

package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProductSumTest {
    @Test
    void aSmallSumIsFloat64AndExact() {
        try (Scope scope = Scope.open();
                ProductSum sum = new ProductSum(5)) {
            Random random = Random.seeded(1);
            Tensor a = random.normal(DType.FLOAT64, 5, 7);
            Tensor b = random.normal(DType.FLOAT64, 5, 7);
            sum.add(a, b);
            sum.add(b.to(DType.FLOAT32), b);
            Tensor expected = a.matmul(b.transpose(0, 1))
                    .add(b.to(DType.FLOAT32).to(DType.FLOAT64).matmul(b.transpose(0, 1)));
            assertThat(sum.matrix().dtype()).isEqualTo(DType.FLOAT64);
            assertThat(sum.matrix().subtract(expected).abs().max()).isLessThan(1e-14);
            sum.makeAbsolute();
            assertThat(copied(sum)[3][2]).isEqualTo((float) Math.abs(expected.toDoubles()[17]));
        }
    }

    @Test
    void aLargeSumIsOneFloat32MatrixUntilLargeFloat64FactorsWidenIt() {
        int size = 4097;
        try (Scope scope = Scope.open();
                ProductSum sum = new ProductSum(size)) {
            Random random = Random.seeded(2);
            Tensor a = random.normal(DType.FLOAT32, size, 3);
            Tensor b = random.normal(DType.FLOAT64, size, 3);
            sum.add(a, b);
            assertThat(sum.matrix().dtype()).isEqualTo(DType.FLOAT32);
            double expected = dot(a, 4096, b, 11);
            assertThat((double) copied(sum)[4096][11]).isCloseTo(expected, within(1e-5));
            Tensor wide = random.normal(DType.FLOAT64, size, 256);
            try (Scope nested = Scope.open()) {
                sum.add(wide, wide);
            }
            assertThat(sum.matrix().dtype()).isEqualTo(DType.FLOAT64);
            assertThat((double) copied(sum)[4096][11]).isCloseTo(expected + dot(wide, 4096, wide, 11), within(1e-5));
        }
    }

    /** So a layer of a few hundred units is summed at once in the type in which assignment problems are given. */
    @Test
    void aSmallSumOfFloat32FactorsIsFloat32AndOneOfFloat64FactorsStaysFloat64() {
        try (Scope scope = Scope.open();
                ProductSum narrow = new ProductSum(300);
                ProductSum exact = new ProductSum(300)) {
            Random random = Random.seeded(3);
            Tensor large = random.normal(DType.FLOAT32, 300, 500);
            Tensor bias = random.normal(DType.FLOAT64, 300, 1);
            narrow.add(large, large);
            narrow.add(bias, bias);
            exact.add(bias, bias);
            exact.add(large, large);
            assertThat(narrow.matrix().dtype()).isEqualTo(DType.FLOAT32);
            assertThat(exact.matrix().dtype()).isEqualTo(DType.FLOAT64);
            double expected = dot(large, 7, large, 11) + dot(bias, 7, bias, 11);
            assertThat((double) copied(narrow)[7][11]).isCloseTo(expected, within(1e-4));
            assertThat((double) copied(exact)[7][11]).isCloseTo(expected, within(1e-4));
        }
    }

    private static float[][] copied(ProductSum sum) {
        float[][] rows = new float[sum.size()][sum.size()];
        sum.copyTo(rows);
        return rows;
    }

    private static double dot(Tensor one, int row, Tensor other, int column) {
        double[] x = one.narrow(0, row, 1).toDoubles();
        double[] y = other.narrow(0, column, 1).toDoubles();
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    @Test
    void manyNumbersOfFewBitsAreComparedInFloat32AndAllOthersInFloat64() {
        try (Scope scope = Scope.open()) {
            assertThat(WorkingType.of(Tensor.zeros(DType.BFLOAT16, 1 << 16)).dtype()).isEqualTo(DType.FLOAT32);
            assertThat(WorkingType.of(Tensor.zeros(DType.BFLOAT16, (1 << 16) - 1)).dtype()).isEqualTo(DType.FLOAT64);
            assertThat(WorkingType.of(Tensor.zeros(DType.FLOAT64, 1 << 16)).dtype()).isEqualTo(DType.FLOAT64);
        }
    }
}

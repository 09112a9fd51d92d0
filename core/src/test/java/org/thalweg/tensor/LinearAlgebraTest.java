package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearAlgebraTest {
    @ParameterizedTest
    @CsvSource({"7, 7", "11, 4", "3, 13", "1, 5", "6, 1"})
    void singularFactorsMultiplyBackToTheMatrix(int rows, int columns) {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Random.seeded(3).normal(DType.FLOAT64, rows, columns);
            LinearAlgebra.Svd svd = LinearAlgebra.svd(matrix);
            int rank = Math.min(rows, columns);
            assertThat(svd.u().shape()).containsExactly(rows, rank);
            assertThat(svd.s().shape()).containsExactly(rank);
            assertThat(svd.v().shape()).containsExactly(columns, rank);
            assertClose(svd.u().multiply(svd.s()).matmul(svd.v().transpose(0, 1)), matrix);
            assertOrthonormal(svd.u());
            assertOrthonormal(svd.v());
            assertDescending(svd.s().toDoubles());
        }
    }

    @Test
    void singularValuesOfADiagonalMatrixAreItsAbsoluteValuesInOrder() {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Tensor.of(new double[] {2, 0, 0, -5}, 2, 2);
            assertThat(LinearAlgebra.svd(matrix).s().toDoubles()).containsExactly(5, 2);
        }
    }

    @Test
    void batchesAreDecomposedMatrixByMatrix() {
        try (Scope scope = Scope.open()) {
            Tensor matrices = Random.seeded(4).normal(DType.FLOAT64, 3, 5, 2);
            LinearAlgebra.Svd all = LinearAlgebra.svd(matrices);
            for (int i = 0; i < 3; i++) {
                assertClose(all.s().select(0, i), LinearAlgebra.svd(matrices.select(0, i)).s());
            }
            assertClose(all.u().multiply(all.s().unsqueeze(1)).matmul(all.v().transpose(1, 2)), matrices);
        }
    }

    @Test
    void eigenvectorsDiagonaliseASymmetricMatrix() {
        try (Scope scope = Scope.open()) {
            Tensor any = Random.seeded(5).normal(DType.FLOAT64, 9, 9);
            Tensor matrix = any.add(any.transpose(0, 1));
            LinearAlgebra.Eigen eigen = LinearAlgebra.symmetricEigen(matrix);
            Tensor vectors = eigen.vectors();
            assertClose(vectors.multiply(eigen.values()).matmul(vectors.transpose(0, 1)), matrix);
            assertOrthonormal(vectors);
            assertThat(eigen.values().toDoubles()).isSorted();
        }
    }

    @Test
    void decomposesSinglePrecisionInDoublePrecision() {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Random.seeded(6).normal(DType.FLOAT32, 4, 4);
            LinearAlgebra.Svd svd = LinearAlgebra.svd(matrix);
            assertThat(svd.u().dtype()).isEqualTo(DType.FLOAT64);
            assertClose(svd.u().multiply(svd.s()).matmul(svd.v().transpose(0, 1)), matrix.to(DType.FLOAT64));
        }
    }

    @Test
    void factorsOutliveTheContainerTheyCameFrom() {
        try (Scope scope = Scope.open()) {
            LinearAlgebra.Svd first = LinearAlgebra.svd(Random.seeded(7).normal(DType.FLOAT64, 20, 20));
            double[] before = first.u().toDoubles();
            for (int i = 0; i < 50; i++) {
                LinearAlgebra.svd(Random.seeded(i).normal(DType.FLOAT64, 20, 20));
            }
            assertThat(first.u().toDoubles()).containsExactly(before);
        }
    }

    @Test
    void orthonormalColumnsSpanFromLeftToRightTowardsTheirOwn() {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Random.seeded(8).normal(DType.FLOAT64, 30, 30);
            Tensor columns = LinearAlgebra.orthonormalColumns(matrix);
            assertOrthonormal(columns);
            double[] products = columns.transpose(0, 1).matmul(matrix).contiguous().toDoubles();
            for (int row = 0; row < 30; row++) {
                assertThat(products[31 * row]).isPositive();
                for (int column = 0; column < row; column++) {
                    assertThat(products[30 * row + column]).isCloseTo(0, within(1e-12));
                }
            }
        }
    }

    @Test
    void refusesWhatCannotBeDecomposed() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> LinearAlgebra.svd(Tensor.ones(DType.FLOAT64, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a matrix has two axes or more, not the shape [3]");
            assertThatThrownBy(() -> LinearAlgebra.svd(Tensor.of(new double[] {1, Double.NaN}, 1, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a matrix with infinite or undefined elements cannot be decomposed");
            assertThatThrownBy(() -> LinearAlgebra.symmetricEigen(Tensor.ones(DType.FLOAT64, 3, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("only square matrices have eigenvalues, not one of shape [3, 2]");
        }
    }

    private static void assertClose(Tensor found, Tensor expected) {
        assertThat(found.subtract(expected).abs().max()).isLessThan(1e-12);
    }

    private static void assertOrthonormal(Tensor columns) {
        Tensor gram = columns.transpose(0, 1).matmul(columns);
        int size = (int) gram.length(0);
        double[] identity = new double[size * size];
        for (int i = 0; i < size; i++) {
            identity[i * size + i] = 1;
        }
        assertClose(gram, Tensor.of(identity, size, size));
    }

    private static void assertDescending(double[] values) {
        for (int i = 1; i < values.length; i++) {
            assertThat(values[i]).isBetween(0.0, values[i - 1]);
        }
    }
}

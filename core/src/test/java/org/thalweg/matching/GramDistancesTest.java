package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class GramDistancesTest {
    @ParameterizedTest
    @CsvSource({"1, 3, 5", "2, 1, 7", "5, 7, 11", "5, 11, 7", "13, 3, 17", "2, 3, 23", "2, 3, 1030"})
    void bothWaysGiveTheDistanceByDefinition(int count, int rows, int width) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            List<Tensor> x = new ArrayList<>();
            List<Tensor> y = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                x.add(random.normal(DType.FLOAT64, rows, width));
                y.add(i == 0 ? x.getFirst() : random.normal(DType.FLOAT64, rows, width));
            }
            GramDistances.Matrices a = GramDistances.Matrices.of(x);
            GramDistances.Matrices b = GramDistances.Matrices.of(y);
            double[][] chosen = GramDistances.squared(a, b);
            for (long block : new long[] {1, 48L * count * width, 1L << 23}) {
                double[][] grams = GramDistances.byGramMatrices(a, b, block);
                double[][] products = GramDistances.byProducts(a, b, block);
                for (int i = 0; i < count; i++) {
                    for (int j = 0; j < count; j++) {
                        double distance = gram(x.get(i)).subtract(gram(y.get(j))).norm();
                        double length = gram(x.get(i)).norm();
                        assertThat(grams[i][j]).isCloseTo(distance * distance, within(1e-12 * length * length));
                        assertThat(products[i][j]).isCloseTo(distance * distance, within(1e-12 * length * length));
                        assertThat(chosen[i][j]).isCloseTo(distance * distance, within(1e-12 * length * length));
                    }
                }
            }
        }
    }

    private static Tensor gram(Tensor x) {
        return x.transpose(0, 1).matmul(x);
    }
}

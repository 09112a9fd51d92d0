package org.thalweg.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small matrices are multiplied here, large ones by libtorch; both must agree with the definition. */
class SquareMatrixTest {
    private static SquareMatrix normal(int size, long seed) {
        Random random = new Random(seed);
        return new SquareMatrix(size, random.doubles((long) size * size, -1, 1).toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 95, 96, 130})
    void productsAreSumsOverRowsAndColumns(int size) {
        double[] left = normal(size, 1).entries();
        double[] right = normal(size, 2).entries();
        double[] found = normal(size, 1).times(normal(size, 2)).entries();
        for (int i = 0; i < size; i += 5) {
            for (int j = 0; j < size; j += 3) {
                double sum = 0;
                for (int k = 0; k < size; k++) {
                    sum += left[i * size + k] * right[k * size + j];
                }
                assertThat(found[i * size + j]).isCloseTo(sum, within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 95, 96, 130})
    void orthonormalisedColumnsAreThoseOfGramAndSchmidt(int size) {
        SquareMatrix matrix = normal(size, 3);
        SquareMatrix columns = matrix.orthonormalised();
        double[] gram = columns.transpose().times(columns).entries();
        double[] triangle = columns.transpose().times(matrix).entries();
        for (int i = 0; i < size; i++) {
            assertThat(triangle[i * size + i]).isPositive();
            for (int j = 0; j < size; j++) {
                assertThat(gram[i * size + j]).isCloseTo(i == j ? 1 : 0, within(1e-12));
                if (j < i) {
                    assertThat(triangle[i * size + j]).isCloseTo(0, within(1e-11));
                }
            }
        }
    }
}

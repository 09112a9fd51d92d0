package org.thalweg.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class LinearMapTest {
    private static final double SMALL = 1e-6;
    private static final double LARGE = 2.5;

    /** Two planes that turn, a coordinate that changes its sign, and one that stays. */
    private static double[] blocks() {
        double[] entries = new double[36];
        turn(entries, 0, SMALL);
        turn(entries, 2, LARGE);
        entries[4 * 6 + 4] = -1;
        entries[5 * 6 + 5] = 1;
        return entries;
    }

    private static void turn(double[] entries, int at, double angle) {
        entries[at * 6 + at] = Math.cos(angle);
        entries[at * 6 + at + 1] = -Math.sin(angle);
        entries[(at + 1) * 6 + at] = Math.sin(angle);
        entries[(at + 1) * 6 + at + 1] = Math.cos(angle);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anglesAreThoseOfTheBlocksInAnyBasis(long seed) {
        try (Scope scope = Scope.open()) {
            Tensor basis = LinearAlgebra.orthonormalColumns(Random.seeded(seed).normal(DType.FLOAT64, 6, 6));
            Tensor map = basis.matmul(Tensor.of(blocks(), 6, 6)).matmul(basis.transpose(0, 1));
            double[] angles = LinearMap.orthogonal(map.contiguous().toDoubles()).angles();
            assertThat(angles).hasSize(6).isSorted();
            assertThat(angles).containsExactly(
                    new double[] {0, SMALL, SMALL, LARGE, LARGE, Math.PI}, within(1e-7));
            // Small angles are not lost to the rounding of their cosine.
            assertThat(angles[1]).isCloseTo(SMALL, within(1e-12));
        }
    }

    @Test
    void theIdentityTurnsNothing() {
        assertThat(LinearMap.identity(3).angles()).containsExactly(0, 0, 0);
    }

    @Test
    void aMapThatIsNotOrthogonalHasNoAngles() {
        LinearMap map = LinearMap.invertible(new double[] {1, 1, 0, 1});
        assertThatThrownBy(map::angles).isInstanceOf(IllegalStateException.class);
    }
}

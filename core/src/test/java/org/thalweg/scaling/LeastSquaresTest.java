package org.thalweg.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeastSquaresTest {
    @Test
    void lineThroughPointsHasTheKnownSlopeErrorsAndRest() {
        // y = 2 + 3 x for x = 0, 1, 2, 3 with errors 1, -1, -1, 1, which are orthogonal to constants and to x.
        double[][] rows = {{1, 0}, {1, 1}, {1, 2}, {1, 3}};
        LinearLeastSquares line = LinearLeastSquares.of(rows, new double[] {3, 4, 7, 12});
        assertThat(line.isDependent()).isFalse();
        assertThat(line.solution()).containsExactly(new double[] {2, 3}, within(1e-12));
        assertThat(line.residual()).isCloseTo(4, within(1e-12));
        // (X'X)^-1 has 14/20 and 4/20 on its diagonal.
        assertThat(line.standardErrors()).containsExactly(new double[] {Math.sqrt(0.7), Math.sqrt(0.2)}, within(1e-12));
    }

    @Test
    void unitsOfTheUnknownsDoNotMatter() {
        double[][] rows = {{1e9, 1e-9, 0}, {1e9, 3e-9, 1}, {2e9, -1e-9, 5}, {-1e9, 4e-9, 2}, {3e9, 1e-9, 1}};
        double[] unknowns = {4e-9, -2e9, 0.5};
        double[] targets = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < unknowns.length; j++) {
                targets[i] += rows[i][j] * unknowns[j];
            }
        }
        double[] found = LinearLeastSquares.of(rows, targets).solution();
        for (int j = 0; j < unknowns.length; j++) {
            assertThat(found[j] / unknowns[j]).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void columnsThatAreMultiplesOrZeroAreDependent() {
        double[] targets = {1, 2, 3};
        assertThat(LinearLeastSquares.of(new double[][] {{1, 2}, {2, 4}, {3, 6}}, targets).isDependent()).isTrue();
        assertThat(LinearLeastSquares.of(new double[][] {{1, 0}, {2, 0}, {3, 0}}, targets).isDependent()).isTrue();
        assertThat(LinearLeastSquares.of(new double[][] {{1, 2}, {2, 4}, {3, 6.001}}, targets).isDependent()).isFalse();
    }

    @Test
    void curvedValleyIsFollowedToItsEnd() {
        // Rosenbrock's function has its only minimum, 0, at (1, 1).
        LevenbergMarquardt.Minimum found = LevenbergMarquardt.minimum(
                p -> new double[] {10 * (p[1] - p[0] * p[0]), 1 - p[0], 0}, new double[] {-1.2, 1});
        assertThat(found.parameters()).containsExactly(new double[] {1, 1}, within(1e-9));
        assertThat(found.dependent()).isFalse();
    }

    @Test
    void exponentialDecayOfNoisyPointsEndsWhereTheGradientIsZero() {
        SplittableRandom random = new SplittableRandom(5);
        double[] noise = random.doubles(40, -0.05, 0.05).toArray();
        LevenbergMarquardt.Minimum found = LevenbergMarquardt.minimum(p -> {
            double[] residuals = new double[noise.length];
            for (int i = 0; i < residuals.length; i++) {
                residuals[i] = p[0] * Math.exp(-p[1] * i / 10) - 3 * Math.exp(-0.7 * i / 10) - noise[i];
            }
            return residuals;
        }, new double[] {1, 0.1});
        double byHeight = 0;
        double byRate = 0;
        for (int i = 0; i < noise.length; i++) {
            double decay = Math.exp(-found.parameters()[1] * i / 10);
            double residual = found.parameters()[0] * decay - 3 * Math.exp(-0.7 * i / 10) - noise[i];
            byHeight += residual * decay;
            byRate -= residual * found.parameters()[0] * decay * i / 10;
        }
        assertThat(byHeight).isCloseTo(0, within(1e-7));
        assertThat(byRate).isCloseTo(0, within(1e-7));
        assertThat(found.parameters()).containsExactly(new double[] {3, 0.7}, within(0.1));
    }

    @Test
    void parametersOfWhichOnlyTheProductCountsAreDependent() {
        assertThat(LevenbergMarquardt.minimum(
                p -> new double[] {p[0] * p[1] - 2, 2 * p[0] * p[1] - 4.1, 0.1}, new double[] {1, 1}).dependent())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1,12.706", "2,4.303", "3,3.182", "4,2.776", "5,2.571", "9,2.262", "10,2.228", "30,2.042", "120,1.980"})
    void studentsBoundsAreThoseOfTheTables(int degrees, double bound) {
        assertThat(new StudentT(degrees).bound(0.95)).isCloseTo(bound, within(5.1e-4));
        assertThat(new StudentT(degrees).within(0)).isZero();
    }
}

package org.thalweg.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeastSquaresTest {
    @Test
    void lineThroughPointsHasTheKnownSlopeAndRest() {
        // y = 2 + 3 x for x = 0, 1, 2, 3 with errors 1, -1, -1, 1, which are orthogonal to constants and to x.
        double[][] rows = {{1, 0}, {1, 1}, {1, 2}, {1, 3}};
        LinearLeastSquares line = LinearLeastSquares.of(rows, new double[] {3, 4, 7, 12});
        assertThat(line.isDependent()).isFalse();
        assertThat(line.solution()).containsExactly(new double[] {2, 3}, within(1e-12));
        assertThat(line.residual()).isCloseTo(4, within(1e-12));
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
    void profileOfALineHasTheIntervalsOfTheTextbook() {
        // For y = 2 + 3 x + errors as above the slope's standard error is sqrt(4 / 2) sqrt(4 / 20), t(2) is 4.3027.
        double[] x = {0, 1, 2, 3};
        double[] y = {3, 4, 7, 12};
        ProfileInterval interval = ProfileInterval.of(4, 2);
        double half = 4.3027 * Math.sqrt(2 * 0.2);
        for (double sign : new double[] {-1, 1}) {
            double end = interval.end(slope -> {
                double[] rest = new double[4];
                for (int i = 0; i < 4; i++) {
                    rest[i] = y[i] - slope * x[i];
                }
                return LinearLeastSquares.of(new double[][] {{1}, {1}, {1}, {1}}, rest).residual();
            }, 3, sign * 0.01, sign * Double.POSITIVE_INFINITY);
            assertThat(end).isCloseTo(3 + sign * half, within(1e-3));
        }
    }

    @Test
    void profileThatNeverRisesHasItsEndAtTheWall() {
        ProfileInterval interval = ProfileInterval.of(1, 5);
        assertThat(interval.end(_ -> 1, 0.5, 0.01, 1)).isEqualTo(1);
        assertThat(interval.end(_ -> 1, 0.5, -0.01, Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @CsvSource({"1,12.706", "2,4.303", "3,3.182", "4,2.776", "5,2.571", "9,2.262", "10,2.228", "30,2.042", "120,1.980"})
    void studentsBoundsAreThoseOfTheTables(int degrees, double bound) {
        assertThat(new StudentT(degrees).bound(0.95)).isCloseTo(bound, within(5.1e-4));
        assertThat(new StudentT(degrees).within(0)).isZero();
    }
}

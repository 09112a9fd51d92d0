package org.thalweg.matching.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.Random;

/** Moments of the draws against those of the distribution, in standard errors of that many draws. */
class DirichletTest {
    private static final int DRAWS = 4000;

    private static List<double[]> draws(double concentration, int size) {
        Random random = Random.seeded(3);
        List<double[]> draws = new ArrayList<>();
        for (int i = 0; i < DRAWS; i++) {
            draws.add(new Dirichlet(concentration).draw(random, size));
        }
        return draws;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1, 2.5})
    void meanAndVarianceOfAWeightAreThoseOfTheDistribution(double concentration) {
        int size = 3;
        double[] first = draws(concentration, size).stream().mapToDouble(point -> point[1]).toArray();
        double mean = DoubleStream.of(first).average().orElseThrow();
        double variance = DoubleStream.of(first).map(w -> (w - mean) * (w - mean)).average().orElseThrow();
        double expected = (size - 1.0) / (size * size * (size * concentration + 1));
        assertThat(mean).isCloseTo(1.0 / size, within(4 * Math.sqrt(expected / DRAWS)));
        assertThat(variance).isCloseTo(expected, within(0.1 * expected));
    }

    @Test
    void weightsOfTwoAreBeta() {
        // The third moment about the middle of a symmetric Beta is 0, the fourth tells its shape a: with B(a, a) the
        // kurtosis is 3 - 6 / (2a + 3).
        double a = 1.5;
        double[] first = draws(a, 2).stream().mapToDouble(point -> point[0] - 0.5).toArray();
        double second = DoubleStream.of(first).map(x -> x * x).average().orElseThrow();
        double fourth = DoubleStream.of(first).map(x -> x * x * x * x).average().orElseThrow();
        assertThat(fourth / (second * second)).isCloseTo(3 - 6 / (2 * a + 3), within(0.08));
    }

    @Test
    void verySmallConcentrationsGiveCornersAndNeverNoNumber() {
        for (double[] point : draws(1e-4, 4)) {
            assertThat(DoubleStream.of(point).sum()).isCloseTo(1, within(1e-12));
            assertThat(DoubleStream.of(point).max().orElseThrow()).isGreaterThan(0.5);
        }
    }
}

package org.thalweg.connectivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarrierProperties {
    private static final double TOLERANCE = 1e-9;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void affineCurvesHaveNoBarrier(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Curve curve : curves(random, 100)) {
            double start = height(random, 9);
            double slope = height(random, 9);
            Barrier barrier = Barrier.of(
                    shifted(new Curve(curve.grid(), new double[curve.grid().points()]), t -> start + slope * t),
                    Better.LOWER);
            assertThat(barrier.height()).isCloseTo(0, within(TOLERANCE));
            assertThat(barrier.interior()).isCloseTo(0, within(TOLERANCE));
            assertThat(barrier.area().signed()).isCloseTo(0, within(TOLERANCE));
            assertThat(barrier.area().positive()).isCloseTo(0, within(TOLERANCE));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void walkingBackwardsChangesNoHeightAndMirrorsThePlace(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Curve curve : curves(random, 100)) {
            Better better = better(random);
            Barrier forth = Barrier.of(curve, better);
            Barrier back = Barrier.of(curve.reversed(), better);
            assertThat(back.height()).isCloseTo(forth.height(), within(TOLERANCE));
            assertThat(back.interior()).isCloseTo(forth.interior(), within(TOLERANCE));
            assertThat(back.overMean()).isCloseTo(forth.overMean(), within(TOLERANCE));
            assertThat(back.overWorseEnd()).isEqualTo(forth.overWorseEnd());
            assertThat(back.area().signed()).isCloseTo(forth.area().signed(), within(TOLERANCE));
            assertThat(back.area().positive()).isCloseTo(forth.area().positive(), within(TOLERANCE));
            double mirroredBack = heightAt(curve, better, 1 - back.at());
            assertThat(mirroredBack).isCloseTo(forth.height(), within(TOLERANCE));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void addingAnAffineFunctionChangesNothingOverTheChord(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Curve curve : curves(random, 100)) {
            Better better = better(random);
            double start = height(random, 9);
            double slope = height(random, 9);
            Barrier plain = Barrier.of(curve, better);
            Barrier tilted = Barrier.of(shifted(curve, t -> start + slope * t), better);
            assertThat(tilted.height()).isCloseTo(plain.height(), within(TOLERANCE));
            assertThat(tilted.interior()).isCloseTo(plain.interior(), within(TOLERANCE));
            assertThat(tilted.area().signed()).isCloseTo(plain.area().signed(), within(TOLERANCE));
            assertThat(tilted.area().positive()).isCloseTo(plain.area().positive(), within(TOLERANCE));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void barrierOfAnAccuracyIsTheBarrierOfItsNegative(long seed) {
        for (Curve curve : curves(new SplittableRandom(seed), 100)) {
            double[] negated = Arrays.stream(curve.values()).map(value -> -value).toArray();
            Barrier higher = Barrier.of(curve, Better.HIGHER);
            Barrier lower = Barrier.of(new Curve(curve.grid(), negated), Better.LOWER);
            assertThat(higher.height()).isEqualTo(lower.height());
            assertThat(higher.overMean()).isEqualTo(lower.overMean());
            assertThat(higher.area()).isEqualTo(lower.area());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void areasAndHeightsAreOrdered(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Curve curve : curves(random, 100)) {
            Barrier barrier = Barrier.of(curve, better(random));
            assertThat(barrier.height()).isNotNegative().isGreaterThanOrEqualTo(barrier.interior());
            assertThat(barrier.overWorseEnd()).isNotNegative().isLessThanOrEqualTo(barrier.overMean() + TOLERANCE);
            assertThat(barrier.overWorseEnd()).isLessThanOrEqualTo(barrier.height() + TOLERANCE);
            assertThat(barrier.area().positive()).isNotNegative()
                    .isGreaterThanOrEqualTo(barrier.area().signed() - TOLERANCE)
                    .isLessThanOrEqualTo(barrier.height() + TOLERANCE);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void positiveAreaAgreesWithAFineRiemannSum(long seed) {
        for (Curve curve : curves(new SplittableRandom(seed), 20)) {
            Area area = Area.of(curve, Better.LOWER);
            Grid grid = curve.grid();
            int steps = 500;
            double sum = 0;
            for (int i = 1; i < grid.points(); i++) {
                double width = grid.at(i) - grid.at(i - 1);
                double from = curve.at(i - 1) - curve.chord(grid.at(i - 1));
                double to = curve.at(i) - curve.chord(grid.at(i));
                for (int step = 0; step < steps; step++) {
                    sum += Math.max(0, from + (to - from) * (step + 0.5) / steps) * width / steps;
                }
            }
            assertThat(area.positive()).isCloseTo(sum, within(1e-3));
        }
    }

    /** Up to 30 stretches of different widths. */
    private static Grid grid(SplittableRandom random, int stretches) {
        int[] widths = random.ints(stretches, 1, 31).toArray();
        double[] t = new double[stretches + 1];
        int total = Arrays.stream(widths).sum();
        int reached = 0;
        for (int i = 0; i < stretches; i++) {
            reached += widths[i];
            t[i + 1] = (double) reached / total;
        }
        return new Grid(t);
    }

    /** Curves on ever finer grids. */
    private static List<Curve> curves(SplittableRandom random, int number) {
        return IntStream.range(0, number).mapToObj(k -> {
            Grid grid = grid(random, random.nextInt(1, 2 + 30 * k / number));
            return new Curve(grid, DoubleStream.generate(() -> height(random, 5)).limit(grid.points()).toArray());
        }).toList();
    }

    private static Better better(SplittableRandom random) {
        return Better.values()[random.nextInt(Better.values().length)];
    }

    /** A number of at most this size; one in four is an end or 0, so that heights tie and stretches lie flat. */
    private static double height(SplittableRandom random, double most) {
        return random.nextInt(4) == 0 ? most * random.nextInt(-1, 2) : random.nextDouble(-most, most);
    }

    private static double heightAt(Curve curve, Better better, double t) {
        double nearest = Double.POSITIVE_INFINITY;
        double height = 0;
        for (int i = 0; i < curve.grid().points(); i++) {
            double distance = Math.abs(curve.grid().at(i) - t);
            if (distance < nearest) {
                nearest = distance;
                height = better.worsening(curve.at(i), curve.chord(curve.grid().at(i)));
            }
        }
        return height;
    }

    private static Curve shifted(Curve curve, DoubleUnaryOperator function) {
        double[] values = curve.values();
        for (int i = 0; i < values.length; i++) {
            values[i] += function.applyAsDouble(curve.grid().at(i));
        }
        return new Curve(curve.grid(), values);
    }
}

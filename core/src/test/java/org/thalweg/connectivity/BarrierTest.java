package org.thalweg.connectivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BarrierTest {
    private static final Grid FIVE = Grid.uniform(5);

    @Test
    void knownLossCurveHasKnownBarrier() {
        Barrier barrier = Barrier.of(new Curve(FIVE, new double[] {1, 1.5, 3, 2, 2}), Better.LOWER);
        assertThat(barrier.height()).isEqualTo(1.5);
        assertThat(barrier.at()).isEqualTo(0.5);
        assertThat(barrier.interior()).isEqualTo(1.5);
        assertThat(barrier.overMean()).isEqualTo(1.5);
        assertThat(barrier.overWorseEnd()).isEqualTo(1);
        assertThat(barrier.worst()).isEqualTo(3);
        assertThat(barrier.worstAt()).isEqualTo(0.5);
        assertThat(barrier.area().signed()).isEqualTo(0.25 * (0.25 + 1.5 + 0.25));
    }

    @Test
    void knownAccuracyCurveHasKnownBarrier() {
        Barrier barrier = Barrier.of(new Curve(FIVE, new double[] {0.75, 0.5, 0.25, 0.375, 0.5}), Better.HIGHER);
        assertThat(barrier.height()).isEqualTo(0.375);
        assertThat(barrier.overMean()).isEqualTo(0.375);
        assertThat(barrier.overWorseEnd()).isEqualTo(0.25);
        assertThat(barrier.worst()).isEqualTo(0.25);
    }

    @Test
    void barrierAndHighestPointMayLieAtDifferentPlaces() {
        Barrier barrier = Barrier.of(new Curve(FIVE, new double[] {0, 2, 2.5, 3.25, 4}), Better.LOWER);
        assertThat(barrier.at()).isEqualTo(0.25);
        assertThat(barrier.worstAt()).isEqualTo(1);
        assertThat(barrier.overWorseEnd()).isZero();
        assertThat(barrier.overMean()).isEqualTo(2);
    }

    @Test
    void pathBelowTheChordHasZeroHeightAndNegativeInterior() {
        Barrier barrier = Barrier.of(new Curve(FIVE, new double[] {1, 0.9, 0.75, 0.9, 1}), Better.LOWER);
        assertThat(barrier.height()).isZero();
        assertThat(barrier.at()).isZero();
        assertThat(barrier.interior()).isCloseTo(-0.1, within(1e-12));
        assertThat(barrier.area().signed()).isNegative();
        assertThat(barrier.area().positive()).isZero();
    }

    @Test
    void twoPointsHaveNoBarrier() {
        Barrier barrier = Barrier.of(new Curve(Grid.uniform(2), new double[] {3, 1}), Better.LOWER);
        assertThat(barrier.height()).isZero();
        assertThat(barrier.interior()).isZero();
        assertThat(barrier.area()).isEqualTo(new Area(0, 0));
    }

    @Test
    void triangleHasHalfItsHeightAsArea() {
        Barrier barrier = Barrier.of(new Curve(FIVE, new double[] {0, 1, 2, 1, 0}), Better.LOWER);
        assertThat(barrier.area().signed() / barrier.height()).isEqualTo(0.5);
    }

    @Test
    void parabolaHasTwoThirdsOfItsHeightAsArea() {
        Grid fine = Grid.uniform(2001);
        double[] values = fine.t();
        for (int i = 0; i < values.length; i++) {
            values[i] = 4 * values[i] * (1 - values[i]);
        }
        Barrier barrier = Barrier.of(new Curve(fine, values), Better.LOWER);
        assertThat(barrier.area().signed() / barrier.height()).isCloseTo(2.0 / 3, within(1e-6));
    }

    @Test
    void positiveAreaSplitsSegmentsAtTheChord() {
        Area area = Area.of(new Curve(FIVE, new double[] {0, 1, -1, 0, 0}), Better.LOWER);
        assertThat(area.signed()).isCloseTo(0, within(1e-15));
        assertThat(area.positive()).isEqualTo(0.25 * 0.5 + 0.125 * 0.5);
    }

    @Test
    void gridsOffTheUnitIntervalAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Grid.uniform(1))
                .withMessage("a grid needs at least the two ends t = 0 and t = 1, found 1 points");
        assertThatIllegalArgumentException().isThrownBy(() -> new Grid(new double[] {0, 0.5}))
                .withMessage("a grid runs from t = 0 to t = 1, found 0.0 to 0.5");
        assertThatIllegalArgumentException().isThrownBy(() -> new Grid(new double[] {0, 0.5, 0.5, 1}))
                .withMessage("a grid's t must increase strictly, found 0.5 after 0.5 at point 3");
        assertThatIllegalArgumentException().isThrownBy(() -> new Grid(new double[] {0, Double.NaN, 1}));
    }

    @Test
    void curvesThroughNothingAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Curve(Grid.uniform(2), new double[] {1}))
                .withMessage("a curve on a grid of 2 points needs as many values, found 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Curve(Grid.uniform(2), new double[] {1, Double.NaN}))
                .withMessage("a curve's values must be finite, found NaN at t = 1.0");
        Curve percent = new Curve(Grid.uniform(2), new double[] {97, 98});
        assertThatIllegalArgumentException().isThrownBy(() -> new LossAndAccuracy(percent, Optional.of(percent)))
                .withMessage("an accuracy is a fraction from 0 to 1, found 97.0 at t = 0.0");
    }

    @Test
    void curvesKeepTheirValuesWhenTheCallersArrayChanges() {
        double[] values = {1, 2};
        Curve curve = new Curve(Grid.uniform(2), values);
        values[0] = 9;
        curve.values()[1] = 9;
        assertThat(curve.values()).containsExactly(1, 2);
    }
}

package org.thalweg.connectivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class BarrierProperties {
    private static final double TOLERANCE = 1e-9;

    @Property
    void affineCurvesHaveNoBarrier(@ForAll("grids") Grid grid, @ForAll @DoubleRange(min = -9, max = 9) double start,
            @ForAll @DoubleRange(min = -9, max = 9) double slope) {
        Barrier barrier = Barrier.of(shifted(new Curve(grid, new double[grid.points()]), t -> start + slope * t),
                Better.LOWER);
        assertThat(barrier.height()).isCloseTo(0, within(TOLERANCE));
        assertThat(barrier.interior()).isCloseTo(0, within(TOLERANCE));
        assertThat(barrier.area().signed()).isCloseTo(0, within(TOLERANCE));
        assertThat(barrier.area().positive()).isCloseTo(0, within(TOLERANCE));
    }

    @Property
    void walkingBackwardsChangesNoHeightAndMirrorsThePlace(@ForAll("curves") Curve curve, @ForAll Better better) {
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

    @Property
    void addingAnAffineFunctionChangesNothingOverTheChord(@ForAll("curves") Curve curve, @ForAll Better better,
            @ForAll @DoubleRange(min = -9, max = 9) double start,
            @ForAll @DoubleRange(min = -9, max = 9) double slope) {
        Barrier plain = Barrier.of(curve, better);
        Barrier tilted = Barrier.of(shifted(curve, t -> start + slope * t), better);
        assertThat(tilted.height()).isCloseTo(plain.height(), within(TOLERANCE));
        assertThat(tilted.interior()).isCloseTo(plain.interior(), within(TOLERANCE));
        assertThat(tilted.area().signed()).isCloseTo(plain.area().signed(), within(TOLERANCE));
        assertThat(tilted.area().positive()).isCloseTo(plain.area().positive(), within(TOLERANCE));
    }

    @Property
    void barrierOfAnAccuracyIsTheBarrierOfItsNegative(@ForAll("curves") Curve curve) {
        double[] negated = Arrays.stream(curve.values()).map(value -> -value).toArray();
        Barrier higher = Barrier.of(curve, Better.HIGHER);
        Barrier lower = Barrier.of(new Curve(curve.grid(), negated), Better.LOWER);
        assertThat(higher.height()).isEqualTo(lower.height());
        assertThat(higher.overMean()).isEqualTo(lower.overMean());
        assertThat(higher.area()).isEqualTo(lower.area());
    }

    @Property
    void areasAndHeightsAreOrdered(@ForAll("curves") Curve curve, @ForAll Better better) {
        Barrier barrier = Barrier.of(curve, better);
        assertThat(barrier.height()).isNotNegative().isGreaterThanOrEqualTo(barrier.interior());
        assertThat(barrier.overWorseEnd()).isNotNegative().isLessThanOrEqualTo(barrier.overMean() + TOLERANCE);
        assertThat(barrier.overWorseEnd()).isLessThanOrEqualTo(barrier.height() + TOLERANCE);
        assertThat(barrier.area().positive()).isNotNegative()
                .isGreaterThanOrEqualTo(barrier.area().signed() - TOLERANCE)
                .isLessThanOrEqualTo(barrier.height() + TOLERANCE);
    }

    @Property(tries = 200)
    void positiveAreaAgreesWithAFineRiemannSum(@ForAll("curves") Curve curve) {
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

    @Provide
    Arbitrary<Grid> grids() {
        return Arbitraries.integers().between(1, 30).list().ofMinSize(1).ofMaxSize(30).map(widths -> {
            double[] t = new double[widths.size() + 1];
            int total = widths.stream().mapToInt(Integer::intValue).sum();
            int reached = 0;
            for (int i = 0; i < widths.size(); i++) {
                reached += widths.get(i);
                t[i + 1] = (double) reached / total;
            }
            return new Grid(t);
        });
    }

    @Provide
    Arbitrary<Curve> curves() {
        return grids().flatMap(grid -> Arbitraries.doubles().between(-5, 5).array(double[].class)
                .ofSize(grid.points()).map(values -> new Curve(grid, values)));
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

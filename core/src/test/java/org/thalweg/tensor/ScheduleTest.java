package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.thalweg.tensor.Schedule;

class ScheduleTest {
    @Test
    void aConstantRateIsThePeakFromTheFirstStep() {
        Schedule schedule = new Schedule(Schedule.Shape.CONSTANT, 0.3, 0);
        assertThat(schedule.at(0, 10)).isEqualTo(0.3);
        assertThat(schedule.at(9, 10)).isEqualTo(0.3);
    }

    @Test
    void aCosineFallsFromThePeakThroughItsHalfTowardsZero() {
        Schedule schedule = new Schedule(Schedule.Shape.COSINE, 2, 0);
        assertThat(schedule.at(0, 100)).isEqualTo(2);
        assertThat(schedule.at(50, 100)).isCloseTo(1, within(1e-12));
        assertThat(schedule.at(25, 100)).isCloseTo(1 + Math.sqrt(0.5), within(1e-12));
        assertThat(schedule.at(99, 100)).isPositive().isLessThan(0.001);
    }

    @Test
    void theRateRisesLinearlyOverTheWarmUpAndNeverStartsAtZero() {
        Schedule schedule = new Schedule(Schedule.Shape.COSINE, 1.1, 0.1);
        for (int step = 0; step < 10; step++) {
            assertThat(schedule.at(step, 100)).isCloseTo(0.1 * (step + 1), within(1e-12));
        }
        assertThat(schedule.at(10, 100)).isEqualTo(1.1);
        assertThat(schedule.at(55, 100)).isCloseTo(0.55, within(1e-12));
    }

    @Test
    void everyRateIsPositiveAndAtMostThePeak() {
        for (Schedule.Shape shape : Schedule.Shape.values()) {
            for (double warmup : new double[] {0, 0.05, 0.5, 0.99}) {
                for (long steps : new long[] {1, 2, 3, 17}) {
                    for (long step = 0; step < steps; step++) {
                        assertThat(new Schedule(shape, 0.5, warmup).at(step, steps)).isPositive()
                                .isLessThanOrEqualTo(0.5);
                    }
                }
            }
        }
    }
}

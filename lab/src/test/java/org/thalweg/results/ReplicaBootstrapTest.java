package org.thalweg.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplicaBootstrapTest {
    /** Pairs whose number is the sum of what both replicas bring. */
    private static List<PairValue> pairs(double... effects) {
        List<PairValue> pairs = new ArrayList<>();
        for (int a = 0; a < effects.length; a++) {
            for (int b = a + 1; b < effects.length; b++) {
                pairs.add(new PairValue("r" + a, "r" + b, effects[a] + effects[b]));
            }
        }
        return pairs;
    }

    @Test
    void equalPairsHaveAnIntervalWithoutWidth() {
        Interval interval = ReplicaBootstrap.meanOver(pairs(0.25, 0.25, 0.25, 0.25)).orElseThrow();
        assertThat(interval.low()).isCloseTo(0.5, within(1e-12));
        assertThat(interval.high()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void threeReplicasGiveTheirExtremePairsSinceEachIsAQuarterOfTheDrawings() {
        assertThat(ReplicaBootstrap.meanOver(pairs(1, 2, 4))).contains(new Interval(3, 6));
    }

    @Test
    void onePairHasNoInterval() {
        assertThat(ReplicaBootstrap.meanOver(pairs(1, 2))).isEmpty();
        assertThat(ReplicaBootstrap.meanOver(List.of())).isEqualTo(Optional.empty());
        assertThat(PairStatistic.of(pairs(1, 2)).mean()).hasValue(3);
    }

    @Test
    void oneOddReplicaWidensTheIntervalBeyondThatOfIndependentPairs() {
        List<PairValue> pairs = pairs(0, 0, 0, 0, 1);
        PairStatistic statistic = PairStatistic.of(pairs);
        Interval interval = statistic.interval().orElseThrow();
        double independent = 2 * 1.96 * statistic.deviation().orElseThrow() / Math.sqrt(pairs.size());
        assertThat(interval.high() - interval.low()).isGreaterThan(independent);
        assertThat(statistic.mean().orElseThrow()).isBetween(interval.low(), interval.high());
    }

    @Test
    void theMeanOfManyStudiesLiesInMostIntervals() {
        SplittableRandom random = new SplittableRandom(3);
        int inside = 0;
        int studies = 200;
        for (int study = 0; study < studies; study++) {
            double[] effects = random.doubles(8).toArray();
            Interval interval = ReplicaBootstrap.meanOver(pairs(effects)).orElseThrow();
            inside += interval.low() <= 1 && 1 <= interval.high() ? 1 : 0;
        }
        assertThat(inside).isBetween(studies * 8 / 10, studies);
    }

    @Test
    void missingPairsAreNotCountedAndDoubledOnesRefused() {
        List<PairValue> some = pairs(1, 2, 4, 8).subList(0, 4);
        Interval interval = ReplicaBootstrap.meanOver(some).orElseThrow();
        assertThat(interval.low()).isGreaterThanOrEqualTo(3);
        assertThat(interval.high()).isLessThanOrEqualTo(9);
        List<PairValue> twice = List.of(some.getFirst(), some.getFirst());
        assertThatIllegalArgumentException().isThrownBy(() -> ReplicaBootstrap.meanOver(twice))
                .withMessage("the pair r0, r1 is there twice");
    }
}

package org.thalweg.minimisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GoldenSectionTest {
    @Test
    void findsTheLowestPointInsideAndAtBothEnds() {
        GoldenSection search = new GoldenSection(60);
        // A parabola is flat at its lowest point, so half of the digits are all that its values tell.
        assertThat(search.smallest(x -> (x - 0.3) * (x - 0.3) + 5, -2, 7)).isCloseTo(0.3, within(1e-7));
        assertThat(search.smallest(x -> Math.abs(x - Math.PI), 0, 4)).isCloseTo(Math.PI, within(1e-11));
        assertThat(search.smallest(x -> x, 1, 2)).isCloseTo(1, within(1e-11));
        assertThat(search.smallest(x -> -x, 1, 2)).isCloseTo(2, within(1e-11));
    }

    @Test
    void eachSectionTakesOneValueAndLeavesTheGoldenPart() {
        AtomicInteger calls = new AtomicInteger();
        double found = new GoldenSection(10).smallest(x -> {
            calls.incrementAndGet();
            return Math.abs(x - 0.7);
        }, 0, 1);
        assertThat(calls).hasValue(12);
        assertThat(found).isCloseTo(0.7, within(Math.pow(0.6181, 10) / 2));
    }
}

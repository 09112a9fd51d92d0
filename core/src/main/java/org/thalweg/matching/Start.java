package org.thalweg.matching;

import org.thalweg.group.GroupElement;
import org.thalweg.tensor.Random;

/**
 * Where one search begins. The first is always the same: balanced gauge, the stream by what is known from outside,
 * coupled spaces from both ends. Of the others every second one compares raw weights, the third leaves the stream as it
 * is at first, and the rest weigh the evidence for the stream at random; coupled spaces begin with random elements and
 * are visited in random orders.
 *
 * @param number from 0
 * @param seed of all random choices
 */
record Start(int number, long seed) {
    /** The first of all starts. */
    static final Start FIRST = new Start(0, 0);

    boolean isFirst() {
        return number == 0;
    }

    /** Whether the stream is first left alone. */
    boolean leavesStream() {
        return number == 2;
    }

    /** Whether the evidence for the stream is weighed at random. */
    boolean weighsSources() {
        return number > 2;
    }

    /** The weight of a source in the first match of the stream: exponentially distributed. */
    double weight(String source) {
        if (!weighsSources()) {
            return 1;
        }
        // 53 random bits, as a number in (0, 1).
        double uniform = (Random.childSeed(Random.childSeed(seed, "stream " + number), source) + 0.5) * 0x1p-53;
        return -Math.log(uniform);
    }

    /** The gauge of this start. */
    MatchingGauge gauge(MatchingGauge asked) {
        return number % 2 == 0 ? asked : MatchingGauge.AS_TRAINED;
    }

    /** What a coupled space begins with. */
    GroupElement element(Leaf leaf) {
        return leaf.group().random(random("element " + leaf.space()));
    }

    /** A source of random numbers for a purpose. */
    Random random(String purpose) {
        return Random.seeded(Random.childSeed(Random.childSeed(seed, "start " + number), purpose));
    }
}

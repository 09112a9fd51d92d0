package org.thalweg.matching.learned;

import java.util.Arrays;
import org.thalweg.tensor.Random;

/** Examples in a random order, all of them before any comes again. */
final class Batches {
    private final int[] from;
    private final int size;
    private final Random random;
    private int[] order = new int[0];
    private int next;

    Batches(int[] from, int size, long seed) {
        this.from = from;
        this.size = size;
        this.random = Random.seeded(seed);
    }

    /** At most {@code size} examples; the last batch of an order may be smaller. */
    int[] next() {
        if (next >= order.length) {
            order = random.permutation(from.length);
            next = 0;
        }
        int end = Math.min(order.length, next + size);
        int[] batch = Arrays.stream(order, next, end).map(index -> from[index]).toArray();
        next = end;
        return batch;
    }
}

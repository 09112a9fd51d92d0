package org.thalweg.merging;

/** A set of places in a tensor, one bit each. Threads may change places of different parts at once. */
final class Places {
    private final long[] words;

    /**
     * An empty set.
     *
     * @param size how many places there are
     */
    Places(long size) {
        this.words = new long[Math.toIntExact((size + Long.SIZE - 1) / Long.SIZE)];
    }

    boolean has(long place) {
        return (words[(int) (place / Long.SIZE)] & 1L << place) != 0;
    }

    void add(long place) {
        words[(int) (place / Long.SIZE)] |= 1L << place;
    }

    void remove(long place) {
        words[(int) (place / Long.SIZE)] &= ~(1L << place);
    }

    /** Takes the places of another set of the same size out of this one. */
    void removeAll(Places others) {
        for (int i = 0; i < words.length; i++) {
            words[i] &= ~others.words[i];
        }
    }

    long count() {
        long count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Overwrites the numbers of a block that stand at no place of this set by 0. */
    void mask(long start, double[] block, int length) {
        for (int i = 0; i < length; i++) {
            if (!has(start + i)) {
                block[i] = 0;
            }
        }
    }
}

package org.thalweg.merging;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * Which of many numbers are the largest, exactly and without sorting them all: the bits of the number at a rank are
 * found 16 at a time by counting (radix selection), until so few numbers begin with them that these are sorted. Most
 * often two passes to find a number and one to mark what is larger; memory of a bit for each number and of a million
 * numbers. Of equal numbers the one with the smaller index comes first.
 */
final class Ranking {
    private static final int DIGITS = 1 << Character.SIZE;
    private static final int SORTED = 1 << 20;

    private final Numbers numbers;
    private final long size;

    /**
     * Ranks numbers.
     *
     * @param numbers none NaN; 0 and −0 are the same
     * @param size how many
     */
    Ranking(Numbers numbers, long size) {
        this.numbers = numbers;
        this.size = size;
    }

    /**
     * A number of a rank.
     *
     * @param value the number
     * @param equal how many are equal to it
     * @param below how many of these have a smaller rank
     */
    private record Found(double value, long equal, long below) {}

    /**
     * The number that stands at a rank when all are sorted.
     *
     * @param rank from 0 for the smallest
     * @return the number
     */
    double ascending(long rank) {
        return find(rank).value();
    }

    /**
     * Where the largest numbers are.
     *
     * @param count how many of them
     * @return exactly so many places
     */
    Places largest(long count) {
        Places places = new Places(size);
        if (count > 0) {
            Found least = find(size - count);
            Passes.forEach(size, part -> part.visit(numbers, (start, block, length) -> {
                for (int i = 0; i < length; i++) {
                    if (block[i] >= least.value()) {
                        places.add(start + i);
                    }
                }
            }));
            if (least.below() > 0) {
                removeLast(places, least);
            }
        }
        return places;
    }

    /** Of the places with the least number only the first ones stay. */
    private void removeLast(Places places, Found least) {
        long[] staying = {least.equal() - least.below()};
        new Passes.Part(0, size).visit(numbers, (start, block, length) -> {
            for (int i = 0; i < length; i++) {
                if (block[i] == least.value() && --staying[0] < 0) {
                    places.remove(start + i);
                }
            }
        });
    }

    private Found find(long rank) {
        long prefix = 0;
        long below = rank;
        long equal = size;
        int shift = Long.SIZE;
        while (equal > SORTED && shift > 0) {
            shift -= Character.SIZE;
            long[] counts = counts(prefix, shift);
            int digit = 0;
            while (below >= counts[digit]) {
                below -= counts[digit];
                digit++;
            }
            equal = counts[digit];
            prefix = prefix << Character.SIZE | digit;
        }
        return shift == 0 ? new Found(number(prefix), equal, below) : find((int) below, sorted(prefix, shift));
    }

    private static Found find(int rank, double[] sorted) {
        double value = sorted[rank];
        int first = rank;
        while (first > 0 && sorted[first - 1] == value) {
            first--;
        }
        int end = rank + 1;
        while (end < sorted.length && sorted[end] == value) {
            end++;
        }
        return new Found(value, end - first, rank - first);
    }

    /** All numbers whose bits before the given number of last ones are the prefix. */
    private double[] sorted(long prefix, int shift) {
        return Passes.parts(size, part -> {
            DoubleStream.Builder found = DoubleStream.builder();
            part.visit(numbers, (_, block, length) -> {
                for (int i = 0; i < length; i++) {
                    if (shift == Long.SIZE || bits(block[i]) >>> shift == prefix) {
                        found.add(block[i] + 0.0); // −0 becomes 0
                    }
                }
            });
            return found.build();
        }).stream().flatMapToDouble(found -> found).sorted().toArray();
    }

    /** How many numbers whose bits begin with the prefix go on with each digit. */
    private long[] counts(long prefix, int shift) {
        long[] total = new long[DIGITS];
        Passes.forEach(size, part -> {
            long[] counts = new long[DIGITS];
            part.visit(numbers, (_, block, length) -> {
                for (int i = 0; i < length; i++) {
                    long upper = bits(block[i]) >>> shift;
                    if (upper >>> Character.SIZE == prefix) {
                        counts[(int) upper & DIGITS - 1]++;
                    }
                }
            });
            synchronized (total) {
                Arrays.setAll(total, digit -> total[digit] + counts[digit]);
            }
        });
        return total;
    }

    /** The bits of a number, arranged so that unsigned order is the order of numbers. */
    private static long bits(double number) {
        long bits = Double.doubleToRawLongBits(number + 0.0); // −0 becomes 0
        return bits ^ (bits >> Long.SIZE - 1 | Long.MIN_VALUE);
    }

    private static double number(long bits) {
        return Double.longBitsToDouble(bits < 0 ? bits ^ Long.MIN_VALUE : ~bits);
    }
}

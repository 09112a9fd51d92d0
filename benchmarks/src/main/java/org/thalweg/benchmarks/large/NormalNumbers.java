package org.thalweg.benchmarks.large;

import java.util.stream.IntStream;

/**
 * Standard normal numbers by their place: number i of a stream depends on the stream's key and on i alone, so that
 * any part can be made by any thread. SplitMix64 of the place gives 64 bits, four times 16, and each of the 65,536
 * values of 16 bits stands for one quantile, the middle of its share. That is finer than bfloat16 can tell; the
 * largest is 4.3 deviations from the mean.
 */
final class NormalNumbers {
    private static final int COUNT = 1 << 16;
    private static final float[] QUANTILES = quantiles();

    private NormalNumbers() {}

    /** The 64 bits behind numbers 4·group to 4·group + 3 of a stream. */
    static long bits(long key, long group) {
        long z = key + (group + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The number of a value of 16 bits. */
    static float quantile(int index) {
        return QUANTILES[index];
    }


    /**
     * A table of bfloat16 numbers by 16 bits.
     *
     * @param of what becomes of a standard normal number
     * @return 65,536 numbers as they are stored
     */
    static short[] stored(FloatFunction of) {
        short[] table = new short[COUNT];
        for (int i = 0; i < COUNT; i++) {
            table[i] = bfloat16(of.apply(QUANTILES[i]));
        }
        return table;
    }

    /** A function of one number. */
    @FunctionalInterface
    interface FloatFunction {
        /**
         * Computes it.
         *
         * @param number argument
         * @return value
         */
        float apply(float number);
    }

    /** Rounds a finite number to the nearest bfloat16, ties to even. */
    static short bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** The number that a bfloat16 stands for. */
    static float number(short bfloat16) {
        return Float.intBitsToFloat(bfloat16 << 16);
    }

    /**
     * The quantiles at (i + ½) / 65,536, scaled so that their mean square is 1. Each is found by Newton's method from
     * its neighbour nearer to the middle, on the distribution function by its series.
     */
    private static float[] quantiles() {
        double[] exact = new double[COUNT];
        double x = 0;
        for (int i = COUNT / 2; i < COUNT; i++) {
            double wanted = (i + 0.5) / COUNT;
            for (int step = 0; step < 50; step++) {
                double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
                double change = (distribution(x) - wanted) / density;
                x -= change;
                if (Math.abs(change) < 1e-12) {
                    break;
                }
            }
            exact[i] = x;
            exact[COUNT - 1 - i] = -x;
        }
        double square = IntStream.range(0, COUNT).mapToDouble(i -> exact[i] * exact[i]).sum() / COUNT;
        float[] result = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            result[i] = (float) (exact[i] / Math.sqrt(square));
        }
        return result;
    }

    /** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/15 + …), which converges for every x. */
    private static double distribution(double x) {
        double term = x;
        double sum = x;
        for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 400; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}

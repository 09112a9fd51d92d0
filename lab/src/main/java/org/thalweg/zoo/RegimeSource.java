package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Random;

/**
 * A source with several regimes, in each of which the next symbol depends on the last two in a way of its own. Now and
 * then the regime changes, which no symbol says.
 *
 * @param symbols how many there are
 * @param next [regimes symbols² symbols], probabilities of the next symbol by the regime and the last two
 */
record RegimeSource(int symbols, double[][][] next) {
    /** Spread of the logarithms of the probabilities: some symbols are likely and most are not. */
    private static final double SPREAD = 2.5;
    /** Probability that a regime ends at a symbol. */
    private static final double CHANGE = 0.02;

    /** Draws the probabilities of a source. */
    static RegimeSource of(int symbols, int regimes, long seed) {
        if (symbols < 2 || symbols > 64 || regimes < 1 || regimes > 64) {
            throw new WrongUse("settings.symbols is " + symbols + " and settings.regimes is " + regimes
                    + " but there must be from 2 to 64 symbols and from 1 to 64 regimes.");
        }
        SplittableRandom random = new SplittableRandom(Random.childSeed(seed, "regimes"));
        double[][][] next = new double[regimes][symbols * symbols][];
        for (double[][] regime : next) {
            Arrays.setAll(regime, _ -> {
                double[] weights = random.doubles(symbols).map(_ -> Math.exp(SPREAD * random.nextGaussian())).toArray();
                double sum = Arrays.stream(weights).sum();
                return Arrays.stream(weights).map(weight -> weight / sum).toArray();
            });
        }
        return new RegimeSource(symbols, next);
    }

    /** Draws texts, each of which begins in any regime with any two symbols. */
    List<int[]> texts(int count, int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<int[]> texts = new ArrayList<>();
        while (texts.size() < count) {
            int[] text = new int[length];
            int regime = random.nextInt(next.length);
            for (int i = 0; i < length; i++) {
                regime = random.nextDouble() < CHANGE ? random.nextInt(next.length) : regime;
                text[i] = i < 2 ? random.nextInt(symbols)
                        : drawn(next[regime][text[i - 2] * symbols + text[i - 1]], random.nextDouble());
            }
            texts.add(text);
        }
        return texts;
    }

    private static int drawn(double[] row, double level) {
        double rest = level;
        int symbol = 0;
        while (symbol < row.length - 1 && rest >= row[symbol]) {
            rest -= row[symbol++];
        }
        return symbol;
    }
}

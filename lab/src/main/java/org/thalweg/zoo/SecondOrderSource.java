package org.thalweg.zoo;

import java.util.List;
import java.util.SplittableRandom;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Random;
import org.thalweg.training.TextExamples;

/**
 * A random Markov source of second order, whose loss has a floor that is known. The next token depends on the last one
 * alone by half, and by half on the last two, each pair of which has {@link #LIKELY} likely successors of its own. The
 * first is learned soon; the second is a table of tokens² rows, of which a network keeps as much as it has room for.
 *
 * @param tokens how many there are
 * @param next [tokens² tokens], probabilities of the next token by the last two
 */
record SecondOrderSource(int tokens, double[][] next) {
    /** Likely successors of a pair, each half as likely as the one before. */
    static final int LIKELY = 4;
    /** Spread of the logarithms of what follows one token, so that pairs are of very different frequency. */
    private static final double SPREAD = 1.5;

    /**
     * Draws a source.
     *
     * @param tokens how many, at least {@link #LIKELY}
     * @param seed decides all probabilities
     * @throws WrongUse when there are too few tokens, or so many that the table takes more than 100 MB
     */
    static SecondOrderSource of(int tokens, long seed) {
        if (tokens < LIKELY || tokens > 256) {
            throw new WrongUse("settings.vocabulary is " + tokens + " but must be from " + LIKELY + " to 256.");
        }
        SplittableRandom random = new SplittableRandom(Random.childSeed(seed, "second-order source"));
        double[][] afterOne = new double[tokens][];
        for (int last = 0; last < tokens; last++) {
            double[] weights = random.doubles(tokens).map(_ -> Math.exp(SPREAD * random.nextGaussian())).toArray();
            afterOne[last] = normalised(weights, 0.5);
        }
        double[][] next = new double[tokens * tokens][];
        for (int pair = 0; pair < next.length; pair++) {
            double[] weights = new double[tokens];
            for (int k = 0; k < LIKELY; k++) {
                weights[random.nextInt(tokens)] += Math.pow(0.5, k);
            }
            next[pair] = normalised(weights, 0.5);
            for (int token = 0; token < tokens; token++) {
                next[pair][token] += afterOne[pair % tokens][token];
            }
        }
        return new SecondOrderSource(tokens, next);
    }

    private static double[] normalised(double[] weights, double sum) {
        double all = 0;
        for (double weight : weights) {
            all += weight;
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= sum / all;
        }
        return weights;
    }

    /**
     * One long text.
     *
     * @param length tokens
     * @param seed of the draws; the beginning of a longer text of the same seed is the shorter one
     */
    int[] text(int length, long seed) {
        return new RegimeSource(tokens, new double[][][] {next}).texts(1, length, seed).getFirst();
    }

    private double[] row(int[] text, int place) {
        return next[text[place - 2] * tokens + text[place - 1]];
    }

    /**
     * The loss of the source itself on all tokens of a text but the first, in nats. No model has less but by chance.
     *
     * @param text of this source, at least 2 tokens
     */
    double floor(int[] text) {
        // The first two tokens are any.
        double sum = Math.log(tokens);
        for (int i = 2; i < text.length; i++) {
            sum -= Math.log(row(text, i)[text[i]]);
        }
        return sum / (text.length - 1);
    }

    /**
     * The beginning of the source's text, cut into windows.
     *
     * @param windows how many
     * @param window tokens of each; neighbours share one, so that no token but the second is predicted from one alone
     * @param seed of the text
     */
    TextExamples examples(int windows, int window, long seed) {
        return new TextExamples(
                List.of(text(length(windows, window), seed)), tokens, window, window - 1);
    }

    /** Tokens of a text that is cut into so many windows. */
    static int length(int windows, int window) {
        return windows * (window - 1) + 2;
    }
}

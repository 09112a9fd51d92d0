package org.thalweg.network.decoder;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.thalweg.failure.WorkFailure;

/** How rotary frequencies are scaled for texts longer than those of training. */
public sealed interface RopeScaling {
    /**
     * Frequencies and the factor of the turned vectors.
     *
     * @param frequencies radians per token, one for each pair
     * @param amplitude factor of the turned vectors
     */
    record Turns(double[] frequencies, double amplitude) {}

    /** Not at all. */
    record None() implements RopeScaling {}

    /**
     * All divided by a factor.
     *
     * @param factor how many times longer texts are
     */
    record Linear(double factor) implements RopeScaling {}

    /**
     * A larger base for longer texts (dynamic NTK).
     *
     * @param factor of the growth
     * @param positions length of text up to which nothing changes
     */
    record Dynamic(double factor, double positions) implements RopeScaling {}

    /**
     * Llama 3: low frequencies divided, high ones kept, those between mixed.
     *
     * @param factor divides low frequencies
     * @param lowFactor turns over the original positions up to which a frequency is low
     * @param highFactor turns from which it is high
     * @param positions original positions
     */
    record Llama3(double factor, double lowFactor, double highFactor, double positions) implements RopeScaling {}

    /**
     * YaRN (Peng et al. 2023).
     *
     * @param factor divides low frequencies
     * @param fast turns over the original positions from which a frequency is kept
     * @param slow turns up to which it is divided
     * @param positions original positions
     * @param truncate whether the bounds are rounded to whole pairs
     * @param amplitude factor of the turned vectors
     */
    record Yarn(double factor, double fast, double slow, double positions, boolean truncate, double amplitude)
            implements RopeScaling {}

    /**
     * LongRoPE (Ding et al. 2024): every frequency has a divisor of its own, others for long texts.
     *
     * @param shortDivisors for texts of up to {@code positions} tokens
     * @param longDivisors for longer texts
     * @param positions original positions
     * @param amplitude factor of the turned vectors
     */
    record Long(List<Double> shortDivisors, List<Double> longDivisors, double positions, double amplitude)
            implements RopeScaling {
        /** Copies the lists. */
        public Long {
            shortDivisors = List.copyOf(shortDivisors);
            longDivisors = List.copyOf(longDivisors);
        }
    }

    /**
     * A kind that is not computed here. Nothing else about the model depends on it, so it is refused only when the
     * network runs.
     *
     * @param refusal the sentence to refuse it with
     */
    record Unknown(String refusal) implements RopeScaling {}

    /**
     * The frequencies for a text.
     *
     * @param width coordinates that turn
     * @param theta base of the frequencies
     * @param tokens length of the text
     * @return one frequency for each pair, in float64
     * @throws WorkFailure when the kind is unknown
     */
    default Turns turns(int width, double theta, int tokens) {
        double[] plain = plain(width, theta);
        return switch (this) {
            case None() -> new Turns(plain, 1);
            case Linear(double factor) -> new Turns(each(plain, frequency -> frequency / factor), 1);
            case Dynamic(double factor, double positions) -> {
                double stretched = factor * Math.max(tokens, positions) / positions - (factor - 1);
                yield new Turns(plain(width, theta * Math.pow(stretched, width / (width - 2.0))), 1);
            }
            case Llama3(double factor, double low, double high, double positions) ->
                new Turns(each(plain, frequency -> {
                    double kept = Math.clamp(
                            (positions * frequency / (2 * Math.PI) - low) / (high - low), 0.0, 1.0);
                    return kept * frequency + (1 - kept) * frequency / factor;
                }), 1);
            case Yarn yarn -> yarn(yarn, width, theta, plain);
            case Long(List<Double> brief, List<Double> lengthy, double positions, double amplitude) -> {
                List<Double> divisors = tokens > positions ? lengthy : brief;
                double[] divided = plain.clone();
                Arrays.setAll(divided, pair -> plain[pair] / divisors.get(pair));
                yield new Turns(divided, amplitude);
            }
            case Unknown(String refusal) -> throw new WorkFailure(refusal);
        };
    }

    private static double[] plain(int width, double theta) {
        double[] frequencies = new double[width / 2];
        Arrays.setAll(frequencies, pair -> Math.pow(theta, -2.0 * pair / width));
        return frequencies;
    }

    private static double[] each(double[] frequencies, DoubleUnaryOperator change) {
        return Arrays.stream(frequencies).map(change).toArray();
    }

    private static Turns yarn(Yarn yarn, int width, double theta, double[] plain) {
        double low = pairTurning(yarn.fast(), yarn.positions(), theta, width);
        double high = pairTurning(yarn.slow(), yarn.positions(), theta, width);
        double first = Math.max(yarn.truncate() ? Math.floor(low) : low, 0);
        double last = Math.min(yarn.truncate() ? Math.ceil(high) : high, width - 1);
        double length = first == last ? 0.001 : last - first;
        double[] mixed = plain.clone();
        Arrays.setAll(mixed, pair -> {
            double slowed = Math.clamp((pair - first) / length, 0.0, 1.0);
            return plain[pair] * (1 - slowed) + plain[pair] / yarn.factor() * slowed;
        });
        return new Turns(mixed, yarn.amplitude());
    }

    /** The pair, as a real number, that makes so many turns over the original positions. */
    private static double pairTurning(double turns, double positions, double theta, int width) {
        return width * Math.log(positions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
}

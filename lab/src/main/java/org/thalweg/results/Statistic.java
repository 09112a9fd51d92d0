package org.thalweg.results;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Mean and spread of some numbers.
 *
 * @param mean the mean, absent without values
 * @param deviation the sample standard deviation (divisor n - 1), absent below two values
 */
public record Statistic(OptionalDouble mean, OptionalDouble deviation) {
    /**
     * The statistic of values, summed in the order given (two passes, so that equal runs give equal bytes).
     *
     * @param values finite values, any number of them
     * @return their mean and sample standard deviation
     */
    public static Statistic of(List<Double> values) {
        int n = values.size();
        if (n == 0) {
            return new Statistic(OptionalDouble.empty(), OptionalDouble.empty());
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / n;
        if (n == 1) {
            return new Statistic(OptionalDouble.of(mean), OptionalDouble.empty());
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return new Statistic(OptionalDouble.of(mean), OptionalDouble.of(Math.sqrt(squares / (n - 1))));
    }

    /**
     * The standard error of the mean.
     *
     * @param count how many values there were
     * @return the deviation divided by the root of their number, absent below two values
     */
    public OptionalDouble standardError(int count) {
        return deviation.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(deviation.getAsDouble() / Math.sqrt(count));
    }
}

package org.thalweg.scaling;

import java.util.Locale;
import java.util.Optional;

/**
 * The range of a quantity in the runs to which a law was fitted. Outside it the law is an extrapolation, which may be
 * asked for.
 *
 * @param quantity such as {@code compute}
 * @param low the smallest value among the runs
 * @param high the largest
 * @param unit such as {@code FLOPs}; empty for a pure number
 */
public record FittedRange(String quantity, double low, double high, String unit) {
    /**
     * Says when a value is not in the range.
     *
     * @param value the value
     * @return one sentence without a full stop, or nothing inside the range and at its ends
     */
    public Optional<String> warning(double value) {
        return value >= low && value <= high ? Optional.empty() : Optional.of(
                quantity + " " + shown(value) + afterValue() + " lies outside the runs to which the law was fitted ("
                        + this + "), so this is an extrapolation");
    }

    /** The two ends and the unit. */
    @Override
    public String toString() {
        return shown(low) + " to " + shown(high) + afterValue();
    }

    private String afterValue() {
        return unit.isEmpty() ? "" : " " + unit;
    }

    /** Four digits, without an exponent where it is short. */
    private static String shown(double value) {
        if (value >= 1e5 || value < 1e-4) {
            return String.format(Locale.ROOT, "%.3e", value).replaceFirst("\\.?0*e\\+?(-?)0*", "e$1");
        }
        return String.format(Locale.ROOT, "%.4f", value).replaceFirst("\\.?0*$", "");
    }
}

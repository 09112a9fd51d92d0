package org.thalweg.merging.config;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.thalweg.merging.MergeValue;

/**
 * What a text in a configuration stands for. Numbers may be written in every way that YAML 1.1, YAML 1.2 or people use,
 * in quotes too: {@code .4}, {@code 1e-9}, {@code 1_000}; truth values as {@code yes}, {@code on} and {@code true}.
 */
final class Scalar {
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][-+]?\\d+)?");
    private static final int LONGEST_NUMBER = 60;
    private static final Set<String> YES = Set.of("true", "yes", "on");
    private static final Set<String> NO = Set.of("false", "no", "off");

    private Scalar() {}

    /** The finite number that a text is, if it is one. */
    static OptionalDouble number(String text) {
        String stripped = text.strip();
        if (stripped.length() > LONGEST_NUMBER || !NUMBER.matcher(stripped).matches()) {
            return OptionalDouble.empty();
        }
        double number = Double.parseDouble(stripped.replace("_", ""));
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    /** The truth value that a text is, if it is one. */
    static Optional<Boolean> flag(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        return YES.contains(word) ? Optional.of(true) : NO.contains(word) ? Optional.of(false) : Optional.empty();
    }

    /** A text as the value of a parameter: a number, else a truth value, else a word. */
    static MergeValue value(String text) {
        OptionalDouble number = number(text);
        if (number.isPresent()) {
            return new MergeValue.Real(number.getAsDouble());
        }
        return flag(text).<MergeValue>map(MergeValue.Flag::new).orElseGet(() -> new MergeValue.Word(text.strip()));
    }
}

package org.thalweg.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.thalweg.failure.WrongUse;

/** An option whose value is one of a few words. */
final class Choice {
    private Choice() {}

    /**
     * The constant that a word names.
     *
     * @param option for the sentence, for example {@code --order}
     * @param word what the user wrote
     * @param all what there is
     * @return the constant whose name is the word in capitals
     * @throws WrongUse naming all words, when it is none of them
     */
    static <E extends Enum<E>> E of(String option, String word, E[] all) {
        return Arrays.stream(all)
                .filter(constant -> word(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new WrongUse(option + " is '" + word + "', expected "
                        + (all.length == 1 ? "" : "one of ")
                        + Arrays.stream(all).map(Choice::word).collect(Collectors.joining(", ")) + "."));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

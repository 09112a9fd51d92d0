package org.thalweg.merging.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether and how models are carried into one basin before they are merged. */
public enum AlignChoice {
    /** By weights, or left where nothing can move because the models share a base. */
    AUTO,
    /** Merged as they are. */
    NONE,
    /** Matched by weights. */
    WEIGHT,
    /** Matched by what the models compute on the same inputs. */
    ACTIVATION,
    /** Matched by gradients of the loss between two models. */
    LEARNED;

    /**
     * The word by which configurations and the command line name it.
     *
     * @return in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * All words.
     *
     * @return in the order of the choices
     */
    public static List<String> words() {
        return Arrays.stream(values()).map(AlignChoice::word).toList();
    }

    /**
     * The choice of a word.
     *
     * @param word in any case
     * @return nothing when there is none
     */
    public static Optional<AlignChoice> named(String word) {
        return Arrays.stream(values()).filter(choice -> choice.word().equalsIgnoreCase(word)).findFirst();
    }
}

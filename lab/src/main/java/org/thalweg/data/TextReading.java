package org.thalweg.data;

import java.util.OptionalInt;

/**
 * How texts are read.
 *
 * @param rule what a token is
 * @param mostTrain tokens of the training part that are used, from its beginning; all when absent
 * @param mostTest as many at most of validation, and as many of test
 */
public record TextReading(TokenRule rule, OptionalInt mostTrain, OptionalInt mostTest) {
    /** Everything there is. */
    public static TextReading all(TokenRule rule) {
        return new TextReading(rule, OptionalInt.empty(), OptionalInt.empty());
    }

    /** Whether everything there is is used. */
    boolean isOfAll() {
        return mostTrain.isEmpty() && mostTest.isEmpty();
    }

    /** The same text for equal readings, in every process. */
    String identity() {
        return rule.identity() + " " + mostTrain.orElse(-1) + " " + mostTest.orElse(-1);
    }
}

package org.thalweg.merging;

/** A value of a parameter. */
public sealed interface MergeValue {
    /**
     * A number.
     *
     * @param value finite
     */
    record Real(double value) implements MergeValue {}

    /**
     * Yes or no.
     *
     * @param value which
     */
    record Flag(boolean value) implements MergeValue {}

    /**
     * A word that names a rule.
     *
     * @param value the word
     */
    record Word(String value) implements MergeValue {}
}

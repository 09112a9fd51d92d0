package org.thalweg.merging.config;

import org.thalweg.failure.WrongUse;

/**
 * Where something stands in a configuration.
 *
 * @param source what the file is called in messages
 * @param line counted from 1; 0 where the text has no lines that a user knows
 */
record Place(String source, int line) {
    WrongUse wrong(String what) {
        return new WrongUse(sentence(what));
    }

    String sentence(String what) {
        return this + ": " + what + ".";
    }

    @Override
    public String toString() {
        return line < 1 ? source : source + " line " + line;
    }
}

package org.thalweg.cli;

import org.thalweg.failure.WrongUse;

/** Checks of numbers given on the command line. */
final class WholeNumbers {
    private WholeNumbers() {}

    static void requireAtLeast(String option, int least, int found) {
        if (found < least) {
            throw new WrongUse(option + " is " + found + ", expected at least " + least + ".");
        }
    }
}

package org.thalweg.failure;

/**
 * What was asked for makes no sense: an unknown option or key, a value out of range. Commands end with exit code 2.
 * The message is one sentence for the user, {@link Shown#sentence on one line and without control characters}.
 */
public final class WrongUse extends RuntimeException {
    /**
     * A refusal.
     *
     * @param sentence the one sentence shown to the user
     */
    public WrongUse(String sentence) {
        super(Shown.sentence(sentence));
    }
}

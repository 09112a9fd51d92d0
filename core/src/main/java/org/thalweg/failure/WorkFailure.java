package org.thalweg.failure;

/**
 * The work could not be done: a missing or damaged file, a diverged model, a full disk. Commands end with exit code
 * 1. The message is one sentence for the user: which file or tensor, what was expected, what was found, what to do.
 * Whatever it quotes, it is {@link Shown#sentence one line without control characters}.
 */
public final class WorkFailure extends RuntimeException {
    /**
     * A failure without a further cause.
     *
     * @param sentence the one sentence shown to the user
     */
    public WorkFailure(String sentence) {
        super(Shown.sentence(sentence));
    }

    /**
     * A failure that follows from another.
     *
     * @param sentence the one sentence shown to the user
     * @param cause what went wrong underneath, shown only when a stack trace is asked for
     */
    public WorkFailure(String sentence, Throwable cause) {
        super(Shown.sentence(sentence), cause);
    }
}

package org.thalweg.assignment;

/** The forbidden pairs leave no complete assignment; the message says so in one sentence. */
public final class InfeasibleAssignmentException extends RuntimeException {
    /**
     * A refusal.
     *
     * @param sentence the one sentence shown to the user
     */
    public InfeasibleAssignmentException(String sentence) {
        super(sentence);
    }
}

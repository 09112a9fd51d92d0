package org.thalweg.failure;

/** Work ended early because somebody asked for it; what was done is kept and running again goes on from there. */
public final class Stopped extends RuntimeException {
    /** Says only that it happened. */
    public Stopped() {
        super("stopped on request; run the same command again to go on.");
    }
}

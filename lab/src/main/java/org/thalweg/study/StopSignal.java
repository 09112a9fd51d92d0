package org.thalweg.study;

import java.util.concurrent.atomic.AtomicBoolean;

/** A request, from any thread, that work save its state and stop. */
public final class StopSignal {
    private final AtomicBoolean requested = new AtomicBoolean();

    /** Asks for the stop. */
    public void request() {
        requested.set(true);
    }

    /**
     * Whether somebody asked.
     *
     * @return true from the first request on
     */
    public boolean isRequested() {
        return requested.get();
    }
}

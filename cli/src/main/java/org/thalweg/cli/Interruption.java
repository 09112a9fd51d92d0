package org.thalweg.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.thalweg.study.StopSignal;

/** Turns Ctrl-C into a request to save and stop, and holds the exit back until that is done. */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(StopSignal stop, PrintWriter errors) {
        this.hook = new Thread(() -> {
            errors.println();
            errors.println("thalweg: saving; run the same command again to go on.");
            stop.request();
            try {
                finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        }, "save-on-interrupt");
    }

    static Interruption on(StopSignal stop, PrintWriter errors) {
        Interruption interruption = new Interruption(stop, errors);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // The hook itself is running: the latch lets it end.
        }
    }
}

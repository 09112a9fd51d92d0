package org.thalweg.benchmarks.fuzz;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs cases one after the other in a thread beside, and gives up on one that takes too long. */
final class Watch implements AutoCloseable {
    private final Duration longest;
    private Worker worker = new Worker();

    /** Gives every case so much time. */
    Watch(Duration longest) {
        this.longest = longest;
    }

    /** A case. */
    @FunctionalInterface
    interface Case {
        /** Reads once; throws whatever the reader throws. */
        void read() throws Exception;
    }

    private static final class Worker {
        private final BlockingQueue<Case> cases = new LinkedBlockingQueue<>();
        private final BlockingQueue<Outcome> outcomes = new SynchronousQueue<>();
        private final Thread thread = new Thread(this::work, "fuzz");

        Worker() {
            thread.setDaemon(true);
            thread.start();
        }

        private void work() {
            try {
                while (true) {
                    outcomes.put(outcome(cases.take()));
                }
            } catch (InterruptedException given) {
                Thread.currentThread().interrupt();
            }
        }

        private static Outcome outcome(Case next) {
            try {
                next.read();
                return new Outcome.Read();
            } catch (Throwable thrown) {
                return Outcome.of(thrown);
            }
        }
    }

    /** What the reader made of a case. */
    Outcome run(Case next) {
        try {
            worker.cases.put(next);
            Outcome outcome = worker.outcomes.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
            if (outcome != null) {
                return outcome;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        String trace = Arrays.stream(worker.thread.getStackTrace()).limit(40).map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        close();
        worker = new Worker();
        return new Outcome.Finding("longer than " + longest.toSeconds() + " s", "the reader was at" + trace);
    }

    @Override
    public void close() {
        worker.thread.interrupt();
    }
}

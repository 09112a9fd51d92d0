package org.thalweg.study;

import org.thalweg.failure.Stopped;
import org.thalweg.tensor.WorkObserver;

/** Passes on how far learning is, and the request to stop: learning keeps its state, all else is begun again. */
final class LearningWatch implements WorkObserver {
    private final StepContext.Progress monitor;
    private final long work;
    private long steps;
    private long done;

    /** Watches learning that is so much work in all. */
    LearningWatch(StepContext.Progress monitor, long work) {
        this.monitor = monitor;
        this.work = work;
    }

    @Override
    public void began(String part, long tensors) {
        if (monitor.stopRequested()) {
            throw new Stopped();
        }
        steps = part.equals(LEARNING) ? tensors : 0;
    }

    @Override
    public void reached(long tensors) {
        if (steps > 0 && tensors > 0) {
            long reached = work * tensors / steps;
            monitor.advance(reached - done, "step " + tensors + " of " + steps);
            done = reached;
        }
    }

    @Override
    public boolean stopRequested() {
        return monitor.stopRequested();
    }

    @Override
    public void told(String sentence) {
        monitor.warned(sentence);
    }
}

package org.thalweg.study;

import java.util.concurrent.atomic.AtomicLong;

/** Passes one step's progress on to the study's observer, and makes up at the end for what the step did not count. */
final class StepWatch implements StepContext.Progress {
    private final Step step;
    private final StudyObserver observer;
    private final StopSignal stop;
    private final AtomicLong done = new AtomicLong();

    StepWatch(Step step, StudyObserver observer, StopSignal stop) {
        this.step = step;
        this.observer = observer;
        this.stop = stop;
    }

    @Override
    public void advance(long work, String note) {
        done.addAndGet(work);
        observer.advanced(work, step.kind() + " " + step.label(), note);
    }

    @Override
    public void skip(long work) {
        done.addAndGet(work);
        observer.reused(work);
    }

    @Override
    public boolean stopRequested() {
        return stop.isRequested();
    }

    @Override
    public void warned(String sentence) {
        observer.warned(sentence);
    }

    @Override
    public void noted(String sentence) {
        observer.noted(sentence);
    }

    void finish(long planned) {
        observer.reused(planned - done.get());
    }
}

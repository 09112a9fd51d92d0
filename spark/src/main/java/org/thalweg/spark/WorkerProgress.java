package org.thalweg.spark;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.TaskContext;
import org.apache.spark.util.LongAccumulator;
import org.thalweg.study.StepContext;

/** Counts a step's work for the driver, and knows whether the driver wants it to stop. */
final class WorkerProgress implements StepContext.Progress {
    private final LongAccumulator done;
    private final TaskContext task;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final List<String> notes = new CopyOnWriteArrayList<>();

    WorkerProgress(LongAccumulator done, TaskContext task) {
        this.done = done;
        this.task = task;
    }

    @Override
    public void advance(long work, String note) {
        done.add(work);
    }

    @Override
    public void skip(long work) {
        // The driver makes up for what is not counted.
    }

    @Override
    public boolean stopRequested() {
        return task.isInterrupted();
    }

    @Override
    public void warned(String sentence) {
        warnings.add(sentence);
    }

    @Override
    public void noted(String sentence) {
        notes.add(sentence);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}

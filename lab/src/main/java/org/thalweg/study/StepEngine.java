package org.thalweg.study;

/** Does steps of a study on one of its data sets, wherever that is. Called from several threads at once. */
public interface StepEngine extends AutoCloseable {
    /**
     * Does a step whose artifact is not there.
     *
     * @param order the step
     * @param progress who watches it
     * @return its artifact, in the store of the run
     * @throws org.thalweg.failure.Stopped when the watcher asked for it
     */
    ArtifactStore.Artifact make(StepOrder order, StepContext.Progress progress);

    /** Gives free what it holds; no step is being done any more. */
    @Override
    void close();
}

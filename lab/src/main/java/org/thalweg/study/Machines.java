package org.thalweg.study;

import java.util.Optional;
import org.thalweg.training.PrefixStore;

/** The machines on which the steps of a run are done: this one alone, or a cluster. */
public interface Machines extends AutoCloseable {
    /**
     * What does the steps on one data set.
     *
     * @param study whose steps they are
     * @param data the data set
     * @param store where the run keeps artifacts
     * @return an engine, to be closed before these machines are
     */
    StepEngine engine(Study study, StepData data, ArtifactStore store);

    /** Gives the machines free; steps that were stopped have kept their state. */
    @Override
    void close();

    /**
     * This machine alone.
     *
     * @param options how to use it
     * @return machines that need not be closed
     */
    static Machines thisOne(GraphRun.Options options) {
        return new Machines() {
            @Override
            public StepEngine engine(Study study, StepData data, ArtifactStore store) {
                return new LocalEngine(store, data, options,
                        PrefixStore.forMany(options.prefixMemory(), Optional.of(store.root())));
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}

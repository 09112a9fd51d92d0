package org.thalweg.study;

import org.thalweg.checkpoint.Snapshots;
import org.thalweg.tensor.Engine;
import org.thalweg.training.PrefixStore;

/**
 * Does steps in the calling thread.
 *
 * @param store where artifacts are kept
 * @param data what steps work on
 * @param options threads of an operation, device, time between snapshots
 * @param prefixes where trainings keep outputs of frozen stages; closed with the engine
 */
public record LocalEngine(
        ArtifactStore store, StepData data, GraphRun.Options options, PrefixStore prefixes)
        implements StepEngine {
    @Override
    public ArtifactStore.Artifact make(StepOrder order, StepContext.Progress progress) {
        Engine.useThreadsPerOperation(options.threads());
        Snapshots snapshots = new Snapshots(store.snapshot(order.address()), options.snapshotEvery());
        ArtifactStore.Artifact artifact = store.make(order.address(), directory ->
                order.node().step().run(new StepContext(
                        order.inputs().stream().map(ArtifactStore.Artifact::directory).toList(), data, directory,
                        snapshots, progress, prefixes, options.device())));
        snapshots.delete();
        return artifact;
    }

    @Override
    public void close() {
        prefixes.close();
    }
}

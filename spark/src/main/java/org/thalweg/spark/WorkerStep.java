package org.thalweg.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.Leftovers;
import org.thalweg.study.ArtifactStore;
import org.thalweg.study.GraphRun;
import org.thalweg.study.LocalEngine;
import org.thalweg.study.StepOrder;
import org.thalweg.study.StudySteps;
import org.thalweg.training.PrefixStore;

/**
 * Does a step on a worker, as {@link LocalEngine} does.
 *
 * @param study its data and steps
 * @param done where the worker counts the work that is done
 */
record WorkerStep(Broadcast<WorkerStudy> study, LongAccumulator done) implements Function<StepTask, StepResult> {
    @Override
    public StepResult call(StepTask task) {
        WorkerProgress progress = new WorkerProgress(done, TaskContext.get());
        try {
            return new StepResult.Made(
                    made(task, progress).content().hex(), progress.notes(), progress.warnings());
        } catch (Stopped told) {
            return new StepResult.Halted(progress.warnings());
        } catch (WorkFailure | WrongUse failed) {
            return new StepResult.Failed(failed.getMessage(), progress.warnings());
        }
    }

    private ArtifactStore.Artifact made(StepTask task, WorkerProgress progress) {
        StudySteps part = study.value().part();
        Share share = study.value().work().share();
        ArtifactStore store = share.open();
        try {
            List<ArtifactStore.Artifact> inputs =
                    task.inputs().stream().map(input -> found(input, share, store)).toList();
            StepOrder order = StepOrder.of(part.node(task.node()), part.data(),
                    study.value().work().expected().arithmetic(), inputs);
            if (!order.address().equals(task.result().address())) {
                throw new WorkFailure("a worker would do the step " + task.node() + " otherwise than the driver; let "
                        + "every machine have the same version of Thalweg.");
            }
            return found(order.address(), share, store, progress)
                    .orElseGet(() -> make(order, share, store, progress));
        } finally {
            share.close(store);
        }
    }

    private static ArtifactStore.Artifact found(StepTask.Input input, Share share, ArtifactStore store) {
        ArtifactStore.Address address = input.place().address();
        share.fetch(address, store);
        Optional<ArtifactStore.Artifact> found = store.find(address, _ -> { });
        if (found.isEmpty() || !found.get().content().hex().equals(input.content())) {
            boolean seen = share.has(address);
            share.discard(address);
            throw new WorkFailure("the artifact " + address.kind() + " " + address.label() + (seen
                    ? " was damaged when a worker read it, and is removed; run again to make it anew."
                    : " is not seen by a worker; give a directory that all machines see with --out, or a file system "
                            + "that they share with --artifacts."));
        }
        return found.get();
    }

    /** What a worker that was lost had finished. */
    private Optional<ArtifactStore.Artifact> found(
            ArtifactStore.Address address, Share share, ArtifactStore store, WorkerProgress progress) {
        share.fetch(address, store);
        Optional<ArtifactStore.Artifact> found = store.find(address, progress::warned);
        found.ifPresent(_ -> DurableDirectory.deleteRecursively(store.snapshot(address)));
        return found;
    }

    private ArtifactStore.Artifact make(
            StepOrder order, Share share, ArtifactStore store, WorkerProgress progress) {
        if (TaskContext.get().attemptNumber() > 0) {
            Leftovers.clear(store.directory(order.address()).getParent());
        }
        GraphRun.Options options = study.value().work().options();
        // Each task keeps outputs of frozen stages for itself: in memory, else in a file where its executor works.
        Path files = temporaryDirectory();
        try (LocalEngine engine = new LocalEngine(store, study.value().part().data(), options,
                PrefixStore.forOneTraining(
                        Math.min(options.prefixMemory(), PrefixStore.halfOfFreeMemory()), Optional.of(files)))) {
            ArtifactStore.Artifact made = engine.make(order, progress);
            share.publish(order.address(), store);
            return made;
        } finally {
            DurableDirectory.deleteRecursively(files);
        }
    }

    private static Path temporaryDirectory() {
        Path place = Path.of(SparkFiles.getRootDirectory());
        try {
            return Files.createTempDirectory(place, "prefix-");
        } catch (IOException refused) {
            throw DurableFile.failure(place, refused);
        }
    }
}

package org.thalweg.spark;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.thalweg.failure.Shown;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.study.ArtifactStore;
import org.thalweg.study.StepContext;
import org.thalweg.study.StepEngine;
import org.thalweg.study.StepOrder;

/**
 * Does each step as a Spark job of one task, and waits for it.
 *
 * @param context of the application
 * @param study what workers are told once
 * @param store where this run keeps artifacts
 * @param watch hears of tasks
 */
record SparkEngine(
        JavaSparkContext context, Broadcast<WorkerStudy> study, ArtifactStore store, TaskWatch watch)
        implements StepEngine {
    private static final long LOOK_MILLISECONDS = 100;
    private static final int LOOKS_AFTER_THE_END = 20;

    @Override
    public ArtifactStore.Artifact make(StepOrder order, StepContext.Progress progress) {
        Share share = study.value().work().share();
        for (ArtifactStore.Artifact input : order.inputs()) {
            if (!share.has(input.address())) {
                share.publish(input.address(), store);
            }
        }
        StepResult result = run(order, progress);
        result.warnings().forEach(progress::warned);
        return switch (result) {
            case StepResult.Made made -> {
                made.notes().forEach(progress::noted);
                yield found(order, share, made, progress);
            }
            case StepResult.Failed failed -> throw new WorkFailure(failed.sentence());
            case StepResult.Halted _ -> throw new Stopped();
        };
    }

    private StepResult run(StepOrder order, StepContext.Progress progress) {
        String group = order.node().name() + " " + UUID.randomUUID();
        try (TaskWatch.Watched watched = watch.watch(group, order.node().name(), progress)) {
            LongAccumulator done = context.sc().longAccumulator(group);
            context.setJobGroup(group, order.node().name());
            StepResult result = await(context.parallelize(List.of(StepTask.of(order)), 1)
                    .map(new WorkerStep(study, done)).collectAsync(), order, progress);
            watched.reached(done.value());
            return result;
        } catch (IllegalStateException refused) {
            // How Spark says that it has stopped.
            throw failure(order, refused, progress);
        }
    }

    private StepResult await(
            JavaFutureAction<List<StepResult>> job, StepOrder order, StepContext.Progress progress) {
        try {
            while (true) {
                try {
                    return job.get(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS).getFirst();
                } catch (TimeoutException running) {
                    if (progress.stopRequested()) {
                        job.cancel(true);
                        throw new Stopped();
                    }
                }
            }
        } catch (CancellationException cancelled) {
            throw new Stopped();
        } catch (ExecutionException failed) {
            throw failure(order, failed.getCause(), progress);
        } catch (InterruptedException interrupted) {
            job.cancel(true);
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    private RuntimeException failure(StepOrder order, Throwable cause, StepContext.Progress progress) {
        if (context.sc().isStopped() && stops(progress)) {
            return new Stopped();
        }
        String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("").replaceFirst("\\.$", "");
        return new WorkFailure("the step " + order.node().name() + " failed on the cluster: " + Shown.sentence(why)
                + "; what executors print is in their workers' directories.", cause);
    }

    /** Spark stops by itself when this process is told to end; that request arrives here at about the same time. */
    private static boolean stops(StepContext.Progress progress) {
        try {
            for (int look = 0; look < LOOKS_AFTER_THE_END && !progress.stopRequested(); look++) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return progress.stopRequested();
    }

    private ArtifactStore.Artifact found(
            StepOrder order, Share share, StepResult.Made made, StepContext.Progress progress) {
        share.fetch(order.address(), store);
        ArtifactStore.Artifact found = store.find(order.address(), progress::warned)
                .orElseThrow(() -> new WorkFailure("a worker has done the step " + order.node().name() + ", but "
                        + store.directory(order.address()) + " is not seen here; give a directory that all machines "
                        + "see with --out, or a file system that they share with --artifacts."));
        if (!found.content().hex().equals(made.content())) {
            throw new WorkFailure("the artifact " + found.directory() + " is not what the worker made; run again.");
        }
        return found;
    }

    @Override
    public void close() {
        // Spark forgets what workers were told when nothing here refers to it.
    }
}

package org.thalweg.study;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.thalweg.failure.Stopped;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Engine;
import org.thalweg.training.PrefixStore;

/**
 * Runs a graph's steps, several at a time, each as soon as what it needs is there. Finished artifacts are used as they
 * are, others are made here or on other machines. When a step fails, those already running end at their
 * next snapshot and the failure is thrown.
 *
 * @param store where artifacts are kept
 * @param study whose steps they are
 * @param data what steps work on
 * @param machines do the steps whose artifacts are not there
 * @param options how many steps at once, and how
 * @param watch who watches, and who asks the run to end early
 */
public record GraphRun(
        ArtifactStore store, Study study, StepData data, Machines machines, Options options, Watch watch) {
    /**
     * Who watches a run.
     *
     * @param observer is told of progress
     * @param stop asks the run to end early
     */
    public record Watch(StudyObserver observer, StopSignal stop) {}

    /**
     * How to use machines. The number of threads of an operation can change results in the last bits; the number
     * of steps at once cannot.
     *
     * @param workers steps at once
     * @param threads of each operation
     * @param snapshotEvery how long a training runs between snapshots
     * @param prefixMemory bytes in which outputs of frozen stages may be kept by all steps at once; more goes to files
     * @param device on which trainings and learned alignments run; all else runs on the CPU
     */
    public record Options(
            int workers, int threads, Duration snapshotEvery, long prefixMemory, Device device)
            implements Serializable {
        /** On the CPU, with half of the memory that is free now for outputs of frozen stages. */
        public Options(int workers, int threads, Duration snapshotEvery) {
            this(workers, threads, snapshotEvery, PrefixStore.halfOfFreeMemory(), Device.CPU);
        }
    }

    /**
     * What came out.
     *
     * @param artifacts by the name of the node
     * @param seconds spent in steps made now, by kind
     */
    public record Outcome(Map<String, ArtifactStore.Artifact> artifacts, Map<String, Double> seconds) {}

    private record Done(StudyGraph.Node node, ArtifactStore.Artifact artifact, double seconds) {}

    /**
     * Runs the graph.
     *
     * @param graph the steps
     * @return every node's artifact
     * @throws Stopped when the stop was asked for
     */
    public Outcome run(StudyGraph graph) {
        watch.observer().planned(work(graph.nodes(), data));
        return run(graph.nodes());
    }

    /**
     * How much work steps are.
     *
     * @param nodes the steps
     * @param data what they work on
     * @return their work in all
     */
    static long work(List<StudyGraph.Node> nodes, StepData data) {
        return nodes.stream().mapToLong(node -> node.step().work(data)).sum();
    }

    /**
     * Runs steps; the observer knows how many.
     *
     * @param nodes in an order in which every node comes after those it needs
     * @return every node's artifact
     * @throws Stopped when the stop was asked for
     */
    Outcome run(List<StudyGraph.Node> nodes) {
        Map<String, ArtifactStore.Artifact> artifacts = new HashMap<>();
        Map<String, Double> seconds = new TreeMap<>();
        List<StudyGraph.Node> waiting = new ArrayList<>(nodes);
        try (StepEngine engine = machines.engine(study, data, store);
                ExecutorService workers = Executors.newFixedThreadPool(options.workers())) {
            CompletionService<Done> finished = new ExecutorCompletionService<>(workers);
            int running = 0;
            while (!waiting.isEmpty() || running > 0) {
                for (StudyGraph.Node node : List.copyOf(waiting)) {
                    if (artifacts.keySet().containsAll(node.needs())) {
                        waiting.remove(node);
                        List<ArtifactStore.Artifact> inputs =
                                node.needs().stream().map(artifacts::get).toList();
                        finished.submit(() -> complete(node, inputs, engine));
                        running++;
                    }
                }
                Done done = next(finished);
                running--;
                artifacts.put(done.node().name(), done.artifact());
                seconds.merge(done.node().step().kind(), done.seconds(), Double::sum);
            }
        }
        return new Outcome(Map.copyOf(artifacts), Map.copyOf(seconds));
    }

    private Done next(CompletionService<Done> finished) {
        try {
            return finished.take().get();
        } catch (ExecutionException failed) {
            watch.stop().request();
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            watch.stop().request();
            throw new Stopped();
        }
    }

    private Done complete(StudyGraph.Node node, List<ArtifactStore.Artifact> inputs, StepEngine engine) {
        Step step = node.step();
        StepOrder order = StepOrder.of(
                node, data, Engine.arithmetic(options.threads(), options.device()), inputs);
        Optional<ArtifactStore.Artifact> found = store.find(order.address(), watch.observer()::warned);
        if (found.isPresent()) {
            // A process killed between finishing the artifact and deleting its snapshot leaves the snapshot.
            DurableDirectory.deleteRecursively(store.snapshot(order.address()));
            watch.observer().reused(step.work(data));
            return new Done(node, found.get(), 0);
        }
        if (watch.stop().isRequested()) {
            throw new Stopped();
        }
        long start = System.nanoTime();
        StepWatch progress = new StepWatch(step, watch.observer(), watch.stop());
        ArtifactStore.Artifact artifact = engine.make(order, progress);
        progress.finish(step.work(data));
        return new Done(node, artifact, (System.nanoTime() - start) / 1e9);
    }
}

package org.thalweg.study;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.thalweg.results.Conventions;
import org.thalweg.results.Environment;
import org.thalweg.results.PairOrders;
import org.thalweg.results.PairResult;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.ReplicaResult;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.StepFile;
import org.thalweg.results.StudyResults;
import org.thalweg.results.Table;
import org.thalweg.results.TableFiles;
import org.thalweg.results.Timing;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.Leftovers;
import org.thalweg.tensor.Engine;

/**
 * One run of a study: makes what is missing, then writes {@code results.json}, {@code table.csv} and
 * {@code table.md} into the run's directory.
 *
 * @param study what to do
 * @param directory the run's own; another process in it is refused
 * @param options how to use machines
 * @param machines where steps are done
 * @param watch who watches, and who asks the run to end early
 */
public record StudyRun(
        StudyFile study, Path directory, GraphRun.Options options, Machines machines, GraphRun.Watch watch) {
    /**
     * A run on this machine alone.
     *
     * @param study what to do
     * @param directory the run's own; another process in it is refused
     * @param options how to use the machine
     * @param observer who watches
     * @param stop asks the run to end early
     */
    public StudyRun(
            StudyFile study, Path directory, GraphRun.Options options, StudyObserver observer, StopSignal stop) {
        this(study, directory, options, Machines.thisOne(options), new GraphRun.Watch(observer, stop));
    }

    /**
     * Runs, or goes on with, the study.
     *
     * @param data the images or texts it asks for
     * @param publish what else to do with the results before the directory is free for another process
     * @return everything it reports
     */
    public StudyResults run(StudyData data, Consumer<StudyResults> publish) {
        StudyGraph graph = StudyGraph.of(study, data);
        try (RunLock lock = RunLock.take(directory)) {
            Instant start = Instant.now();
            ArtifactStore store = new ArtifactStore(directory.resolve("artifacts"));
            Leftovers.clear(directory);
            for (String kind : List.of("import", "pretrain", "finetune", "match", "measure")) {
                Leftovers.clear(store.root().resolve(kind));
            }
            GraphRun.Outcome outcome = new GraphRun(store, study, data, machines, options, watch).run(graph);
            StudyResults results = collect(graph, data, outcome, start);
            DurableFile.writeText(directory.resolve("study.yaml"), StudyReader.toYaml(study));
            ResultsFile.write(directory.resolve("results.json"), results);
            TableFiles.writeCsv(directory.resolve("table.csv"), results.rows());
            TableFiles.writeMarkdown(directory.resolve("table.md"), results);
            publish.accept(results);
            return results;
        }
    }

    private StudyResults collect(StudyGraph graph, StudyData data, GraphRun.Outcome outcome, Instant start) {
        List<ReplicaResult> replicas = new ArrayList<>();
        List<PairResult> pairs = new ArrayList<>();
        List<PairOrders> orders = new ArrayList<>();
        for (StudyGraph.Trials trials : graph.experiments()) {
            for (StudyGraph.Replica replica : trials.replicas()) {
                replicas.add(replica(trials.experiment(), replica, outcome));
            }
            for (StudyGraph.Pair pair : trials.pairs()) {
                Path artifact = outcome.artifacts().get(pair.measure()).directory();
                pairs.addAll(StepFile.readAll(artifact.resolve(MeasureStep.PATHS), PairResult.class));
                MeasureStep.orders(artifact).ifPresent(orders::add);
            }
        }
        Table table = Table.summarise(pairs);
        List<String> warnings = new ArrayList<>(data.warnings());
        replicas.forEach(replica -> {
            if (replica.outcome() instanceof ReplicaOutcome.Diverged(String reason)) {
                warnings.add(reason);
            }
        });
        warnings.addAll(table.warnings());
        Conventions conventions = Conventions.standard(
                study.points().orElse(StudyFile.POINTS),
                new Conventions.Split("test", data.test().size()),
                List.of(study.seed()))
                .withIntervals()
                .withTraining(new Conventions.Split(TrainingSample.NAME, TrainingSample.size(data)));
        return new StudyResults(
                StudyResults.SCHEMA,
                study.study(),
                conventions,
                environment(options),
                study.toMap(),
                replicas,
                pairs,
                table.rows(),
                orders,
                warnings,
                timing(start, outcome.seconds()));
    }

    private ReplicaResult replica(Experiment experiment, StudyGraph.Replica replica, GraphRun.Outcome outcome) {
        Path artifact = outcome.artifacts().get(replica.node()).directory();
        TrainedModel.Notes notes = TrainedModel.notes(artifact);
        ReplicaOutcome result = notes.diverged().isPresent()
                ? new ReplicaOutcome.Diverged(notes.diverged().get())
                : new ReplicaOutcome.Trained(
                        notes.testLoss(),
                        OptionalDouble.of(notes.testAccuracy()),
                        OptionalDouble.of(notes.trainLoss()),
                        directory.relativize(artifact).toString());
        return new ReplicaResult(replica.id(), experiment.setting(), replica.seed(), result);
    }

    static Environment environment(GraphRun.Options options) {
        return new Environment(
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                Engine.blas() + ", libtorch " + Engine.version(),
                options.threads());
    }

    static Timing timing(Instant start, Map<String, Double> seconds) {
        Instant end = Instant.now();
        return new Timing(
                start.truncatedTo(ChronoUnit.SECONDS).toString(),
                end.truncatedTo(ChronoUnit.SECONDS).toString(),
                Duration.between(start, end).toMillis() / 1e3,
                new TreeMap<>(seconds));
    }
}

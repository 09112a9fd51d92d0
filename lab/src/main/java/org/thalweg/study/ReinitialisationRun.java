package org.thalweg.study;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.thalweg.results.LayerPath;
import org.thalweg.results.MethodPath;
import org.thalweg.results.PaperReinitialisation;
import org.thalweg.results.ReinitialisationFiles;
import org.thalweg.results.ReinitialisationResults;
import org.thalweg.results.ReinitialisationRow;
import org.thalweg.results.ReinitialisedModel;
import org.thalweg.results.TransformerReplica;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.Leftovers;

/**
 * One run of a study of feed-forward networks drawn anew: makes what is missing, then writes
 * {@code results.json}, {@code table.csv} and {@code table.md} into the run's directory.
 *
 * @param study what to do
 * @param directory the run's own; another process in it is refused
 * @param options how to use machines
 * @param machines where steps are done
 * @param watch who watches, and who asks the run to end early
 */
public record ReinitialisationRun(
        ReinitialisationStudy study, Path directory, GraphRun.Options options, Machines machines,
        GraphRun.Watch watch) {
    /**
     * A run on this machine alone.
     *
     * @param study what to do
     * @param directory the run's own; another process in it is refused
     * @param options how to use the machine
     * @param observer who watches
     * @param stop asks the run to end early
     */
    public ReinitialisationRun(
            ReinitialisationStudy study, Path directory, GraphRun.Options options, StudyObserver observer,
            StopSignal stop) {
        this(study, directory, options, Machines.thisOne(options), new GraphRun.Watch(observer, stop));
    }

    /** One data set with its steps. */
    private record Part(TransformerData data, ReinitialisationGraph graph) {}

    /**
     * Runs, or goes on with, the study.
     *
     * @param data one for each data set of the study
     * @param publish what else to do with the results before the directory is free for another process
     * @return everything it reports
     */
    public ReinitialisationResults run(List<TransformerData> data, Consumer<ReinitialisationResults> publish) {
        List<Part> parts = data.stream().map(set -> new Part(set, ReinitialisationGraph.of(study, set))).toList();
        try (RunLock lock = RunLock.take(directory)) {
            Instant start = Instant.now();
            ArtifactStore store = new ArtifactStore(directory.resolve("artifacts"));
            Leftovers.clear(directory);
            for (String kind : List.of("train", "reinitialise", "path")) {
                Leftovers.clear(store.root().resolve(kind));
            }
            watch.observer().planned(
                    parts.stream().mapToLong(part -> GraphRun.work(part.graph.nodes(), part.data)).sum());
            List<TransformerReplica> trained = new ArrayList<>();
            List<ReinitialisedModel> replicas = new ArrayList<>();
            List<LayerPath> paths = new ArrayList<>();
            Map<String, Double> seconds = new LinkedHashMap<>();
            for (Part part : parts) {
                GraphRun.Outcome outcome =
                        new GraphRun(store, study, part.data, machines, options, watch).run(part.graph.nodes());
                trained.add(TransformerRun.replica(directory, part.data, part.graph.trained(), outcome));
                part.graph.replicas().forEach(replica -> replicas.add(replica(replica, outcome)));
                part.graph.paths().forEach(path -> paths.add(new LayerPath(path.layer(),
                        PathStep.read(outcome.artifacts().get(path.node()).directory()))));
                outcome.seconds().forEach((kind, spent) -> seconds.merge(kind, spent, Double::sum));
            }
            ReinitialisationResults results = new ReinitialisationResults(
                    ReinitialisationResults.SCHEMA, study.study(), conventions(data), StudyRun.environment(options),
                    study.toMap(), trained, replicas, paths,
                    ReinitialisationRow.summarise(trained, replicas, paths), PaperReinitialisation.table(),
                    warnings(data, trained, replicas, paths), StudyRun.timing(start, seconds));
            DurableFile.writeText(directory.resolve("study.yaml"), StudyReader.toYaml(study));
            ReinitialisationFiles.write(directory.resolve("results.json"), results);
            ReinitialisationFiles.writeCsv(directory.resolve("table.csv"), results.rows());
            ReinitialisationFiles.writeMarkdown(directory.resolve("table.md"), results);
            publish.accept(results);
            return results;
        }
    }

    private ReinitialisedModel replica(ReinitialisationGraph.Replica replica, GraphRun.Outcome outcome) {
        Path artifact = outcome.artifacts().get(replica.node()).directory();
        return ReinitialiseStep.read(artifact, replica.place(), directory.relativize(artifact).toString());
    }

    private Map<String, String> conventions(List<TransformerData> data) {
        Map<String, String> conventions =
                new LinkedHashMap<>(ReinitialisationResults.conventions(study.trained().gridPoints()));
        conventions.putAll(TransformerRun.testSets(data));
        conventions.put("Seed", Long.toString(study.seed()));
        return conventions;
    }

    private static List<String> warnings(
            List<TransformerData> data, List<TransformerReplica> trained, List<ReinitialisedModel> replicas,
            List<LayerPath> paths) {
        List<String> warnings = new ArrayList<>(TransformerRun.warnings(data));
        trained.stream().map(TransformerReplica::diverged).flatMap(Optional::stream).forEach(warnings::add);
        replicas.stream().map(ReinitialisedModel::diverged).flatMap(Optional::stream)
                .filter(reason -> !warnings.contains(reason)).forEach(warnings::add);
        paths.stream().map(LayerPath::path).map(MethodPath::excluded).flatMap(Optional::stream)
                .filter(reason -> !warnings.contains(reason)).forEach(warnings::add);
        return warnings;
    }
}

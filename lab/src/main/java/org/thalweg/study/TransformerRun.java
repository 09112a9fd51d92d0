package org.thalweg.study;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.results.MethodPath;
import org.thalweg.results.MethodRow;
import org.thalweg.results.ReplicaMean;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerReplica;
import org.thalweg.results.TransformerResults;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.Leftovers;
import org.thalweg.training.TextExamples;

/**
 * One run of a study of Transformers on this machine: makes what is missing, then writes {@code results.json},
 * {@code table.csv} and {@code table.md} into the run's directory, and for a text the token ids of its test part, by
 * which other programs can measure the same.
 *
 * @param study what to do
 * @param directory the run's own; another process in it is refused
 * @param options how to use the machine
 * @param observer who watches
 * @param stop asks the run to end early
 */
public record TransformerRun(
        TransformerStudy study, Path directory, GraphRun.Options options, StudyObserver observer, StopSignal stop) {
    /** One data set with its steps. */
    private record Part(TransformerData data, TransformerGraph graph) {}

    /**
     * Runs, or goes on with, the study.
     *
     * @param data one for each data set of the study
     * @param publish what else to do with the results before the directory is free for another process
     * @return everything it reports
     */
    public TransformerResults run(List<TransformerData> data, Consumer<TransformerResults> publish) {
        List<Part> parts = data.stream().map(set -> new Part(set, TransformerGraph.of(study, set))).toList();
        try (RunLock lock = RunLock.take(directory)) {
            Instant start = Instant.now();
            ArtifactStore store = new ArtifactStore(directory.resolve("artifacts"));
            Leftovers.clear(directory);
            for (String kind : List.of("train", "align", "universe", "path", "mean")) {
                Leftovers.clear(store.root().resolve(kind));
            }
            observer.planned(parts.stream().mapToLong(part -> GraphRun.work(part.graph.nodes(), part.data)).sum());
            List<TransformerReplica> replicas = new ArrayList<>();
            List<MethodPath> paths = new ArrayList<>();
            List<ReplicaMean> means = new ArrayList<>();
            Map<String, Double> seconds = new LinkedHashMap<>();
            for (Part part : parts) {
                GraphRun.Outcome outcome =
                        new GraphRun(store, part.data, options, observer, stop).run(part.graph.nodes());
                part.graph.replicas().forEach(replica -> replicas.add(replica(directory, part.data, replica, outcome)));
                part.graph.paths().forEach(node ->
                        paths.add(PathStep.read(outcome.artifacts().get(node).directory())));
                part.graph.means().forEach(node ->
                        means.add(MeanStep.read(outcome.artifacts().get(node).directory())));
                outcome.seconds().forEach((kind, spent) -> seconds.merge(kind, spent, Double::sum));
                writeTokens(part.data);
            }
            TransformerResults results = new TransformerResults(
                    TransformerResults.SCHEMA, study.study(), conventions(data), StudyRun.environment(options),
                    study.toMap(), replicas, paths, means, MethodRow.summarise(paths),
                    warnings(data, replicas, Stream.concat(paths.stream().map(MethodPath::excluded),
                            means.stream().map(ReplicaMean::excluded)).flatMap(Optional::stream).toList()),
                    StudyRun.timing(start, seconds));
            DurableFile.writeText(directory.resolve("study.yaml"), StudyReader.toYaml(study));
            TransformerFiles.write(directory.resolve("results.json"), results);
            TransformerFiles.writeCsv(directory.resolve("table.csv"), results.rows());
            TransformerFiles.writeMarkdown(directory.resolve("table.md"), results);
            publish.accept(results);
            return results;
        }
    }

    /** What training a replica came to, in a run's directory. */
    static TransformerReplica replica(
            Path directory, TransformerData data, StudyGraph.Replica replica, GraphRun.Outcome outcome) {
        Path artifact = outcome.artifacts().get(replica.node()).directory();
        TrainedModel.Notes notes = TrainedModel.notes(artifact);
        if (notes.diverged().isPresent()) {
            return TransformerReplica.diverged(replica.id(), data.name(), replica.seed(), notes.diverged().get());
        }
        return new TransformerReplica(replica.id(), data.name(), replica.seed(), OptionalDouble.of(notes.testLoss()),
                OptionalDouble.of(notes.testAccuracy()), OptionalDouble.of(notes.trainLoss()), notes.heldOutLoss(),
                Optional.of(directory.relativize(artifact).toString()), Optional.empty());
    }

    /** The test part of a text as {@code --data} takes it. */
    private void writeTokens(TransformerData data) {
        data.corpus().ifPresent(corpus -> DurableFile.writeText(
                directory.resolve("test-tokens-" + data.name() + ".json"),
                IntStream.of(corpus.test()).mapToObj(Integer::toString)
                        .collect(Collectors.joining(", ", "[[", "]]\n"))));
    }

    private Map<String, String> conventions(List<TransformerData> data) {
        Map<String, String> conventions = new LinkedHashMap<>(TransformerResults.conventions(study.gridPoints()));
        conventions.putAll(testSets(data));
        conventions.put("Seed", Long.toString(study.seed()));
        return conventions;
    }

    /** How large the test sets are, in words. */
    static Map<String, String> testSets(List<TransformerData> data) {
        Map<String, String> sizes = new LinkedHashMap<>();
        data.forEach(set -> sizes.put("Test set " + set.name(), set.test().size()
                + (set.test() instanceof TextExamples texts ? " windows of " + texts.window() + " tokens"
                        : " images")));
        return sizes;
    }

    /** What of the data a reader must know. */
    static List<String> warnings(List<TransformerData> data) {
        List<String> warnings = new ArrayList<>();
        data.forEach(set -> set.corpus().filter(corpus -> corpus.leftOut() > 0).ifPresent(corpus ->
                warnings.add("Of the text " + corpus.name() + ", " + corpus.leftOut() + " tokens of the parts for "
                        + "validation and tests are left out, since they do not occur in the part for training.")));
        return warnings;
    }

    private static List<String> warnings(
            List<TransformerData> data, List<TransformerReplica> replicas, List<String> excluded) {
        List<String> warnings = warnings(data);
        replicas.forEach(replica -> replica.diverged().ifPresent(warnings::add));
        excluded.stream().distinct().filter(reason -> !warnings.contains(reason)).forEach(warnings::add);
        return warnings;
    }
}

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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.results.Analyses;
import org.thalweg.results.Analysis;
import org.thalweg.results.AnalysisFiles;
import org.thalweg.results.AnalysisPoint;
import org.thalweg.results.MethodPath;
import org.thalweg.results.MethodRow;
import org.thalweg.results.ReplicaMean;
import org.thalweg.results.ReplicaSurface;
import org.thalweg.results.RotationAngles;
import org.thalweg.results.StudyVariant;
import org.thalweg.results.Timing;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerReplica;
import org.thalweg.results.TransformerResults;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.Leftovers;
import org.thalweg.training.TextExamples;

/**
 * One run of a study of Transformers: makes what is missing, then writes {@code results.json},
 * {@code table.csv} and {@code table.md} into the run's directory, a CSV file for each analysis, and for a text the
 * token ids of its test part, by which other programs can measure the same.
 *
 * @param study what to do
 * @param directory the run's own; another process in it is refused
 * @param options how to use machines
 * @param machines where steps are done
 * @param watch who watches, and who asks the run to end early
 */
public record TransformerRun(
        TransformerStudy study, Path directory, GraphRun.Options options, Machines machines, GraphRun.Watch watch) {
    /**
     * A run on this machine alone.
     *
     * @param study what to do
     * @param directory the run's own; another process in it is refused
     * @param options how to use the machine
     * @param observer who watches
     * @param stop asks the run to end early
     */
    public TransformerRun(
            TransformerStudy study, Path directory, GraphRun.Options options, StudyObserver observer, StopSignal stop) {
        this(study, directory, options, Machines.thisOne(options), new GraphRun.Watch(observer, stop));
    }

    /** What was found so far. */
    private record Found(
            List<TransformerReplica> replicas,
            List<MethodPath> paths,
            List<ReplicaMean> means,
            List<ReplicaSurface> surfaces,
            List<AnalysisPoint> points,
            List<RotationAngles> angles,
            List<StudyVariant> variants) {
        Found() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
                    new ArrayList<>(), new ArrayList<>());
        }

        void add(StudyPart part, GraphRun.Outcome outcome, Path directory) {
            part.variant().ifPresentOrElse(
                    change -> variants.add(new StudyVariant(change.key(), change.value().toString(),
                            part.replicas(outcome, directory), part.means(outcome))),
                    () -> {
                        replicas.addAll(part.replicas(outcome, directory));
                        paths.addAll(part.paths(outcome));
                        means.addAll(part.means(outcome));
                        surfaces.addAll(part.surfaces(outcome));
                        angles.addAll(part.angles(outcome));
                    });
            points.addAll(part.points(outcome));
        }

        Analyses analyses() {
            return Analyses.of(points, angles, variants);
        }

        /** Why numbers are missing, one sentence each. */
        Stream<String> reasons() {
            return Stream.of(
                    told(replicas, _ -> "", TransformerReplica::diverged),
                    variants.stream().flatMap(variant -> told(variant.replicas(),
                            _ -> with(variant.key(), variant.value()), TransformerReplica::diverged)),
                    told(paths, _ -> "", MethodPath::excluded), told(means, _ -> "", ReplicaMean::excluded),
                    told(surfaces, _ -> "", ReplicaSurface::excluded),
                    told(points, Found::with, AnalysisPoint::excluded),
                    told(angles, _ -> "", RotationAngles::excluded)).flatMap(reasons -> reasons).distinct();
        }

        private static <T> Stream<String> told(
                List<T> all, Function<T, String> where, Function<T, Optional<String>> reason) {
            return all.stream().flatMap(one -> reason.apply(one).map(where.apply(one)::concat).stream());
        }

        private static String with(AnalysisPoint point) {
            Analysis analysis = Analysis.of(point.analysis());
            return analysis.isOfKey() ? with(analysis.setting(), point.setting()) : "";
        }

        /** Replicas of one value are called as those of another. */
        private static String with(String key, String value) {
            return "with " + key + " " + value + ", ";
        }
    }

    /**
     * Runs, or goes on with, the study.
     *
     * @param data one for each data set of the study
     * @param publish what else to do with the results before the directory is free for another process
     * @return everything it reports
     */
    public TransformerResults run(List<TransformerData> data, Consumer<TransformerResults> publish) {
        List<StudyPart> parts = StudyPart.of(study, data);
        try (RunLock lock = RunLock.take(directory)) {
            Instant start = Instant.now();
            ArtifactStore store = new ArtifactStore(directory.resolve("artifacts"));
            Leftovers.clear(directory);
            for (String kind
                    : List.of("train", "align", "universe", "path", "mean", "surface", "trial", "angles")) {
                Leftovers.clear(store.root().resolve(kind));
            }
            watch.observer().planned(parts.stream().mapToLong(part -> GraphRun.work(part.nodes(), part.data())).sum());
            Found found = new Found();
            Map<String, Double> seconds = new LinkedHashMap<>();
            for (StudyPart part : parts) {
                GraphRun.Outcome outcome =
                        new GraphRun(store, part.study(), part.data(), machines, options, watch).run(part.nodes());
                found.add(part, outcome, directory);
                outcome.seconds().forEach((kind, spent) -> seconds.merge(kind, spent, Double::sum));
            }
            data.forEach(this::writeTokens);
            TransformerResults results = results(data, found, StudyRun.timing(start, seconds));
            DurableFile.writeText(directory.resolve("study.yaml"), StudyReader.toYaml(study));
            TransformerFiles.write(directory.resolve("results.json"), results);
            TransformerFiles.writeCsv(directory.resolve("table.csv"), results.rows());
            results.analyses().ifPresent(analyses -> AnalysisFiles.writeCsv(directory, analyses));
            TransformerFiles.writeMarkdown(directory.resolve("table.md"), results);
            publish.accept(results);
            return results;
        }
    }

    private TransformerResults results(List<TransformerData> data, Found found, Timing timing) {
        Analyses analyses = found.analyses();
        Map<String, String> conventions = conventions(data);
        conventions.putAll(analyses.conventions());
        return new TransformerResults(
                TransformerResults.SCHEMA, study.study(), conventions, StudyRun.environment(options),
                study.toMap(), found.replicas, found.paths, found.means, found.surfaces,
                MethodRow.summarise(found.paths),
                Optional.of(analyses).filter(Analyses::hasAny), warnings(data, found), timing);
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
        conventions.putAll(new FurtherConventions(study).of(data));
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

    private static List<String> warnings(List<TransformerData> data, Found found) {
        List<String> warnings = warnings(data);
        found.reasons().forEach(warnings::add);
        return warnings;
    }
}

package org.thalweg.study;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.thalweg.results.SystemClaim;
import org.thalweg.results.SystemFiles;
import org.thalweg.results.SystemModel;
import org.thalweg.results.SystemPair;
import org.thalweg.results.SystemResults;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.Leftovers;
import org.thalweg.zoo.Claim;
import org.thalweg.zoo.Measurements;

/**
 * One run of a study of a Mixture-of-Experts system: makes what is missing, then writes {@code results.json},
 * {@code table.csv} and {@code table.md} into the run's directory.
 *
 * @param study what to do
 * @param directory the run's own; another process in it is refused
 * @param options how to use machines
 * @param machines where steps are done
 * @param watch who watches, and who asks the run to end early
 */
public record SystemRun(
        SystemStudy study, Path directory, GraphRun.Options options, Machines machines, GraphRun.Watch watch) {
    /**
     * Runs, or goes on with, the study.
     *
     * @param publish what else to do with the results before the directory is free for another process
     * @return everything it reports
     */
    public SystemResults run(Consumer<SystemResults> publish) {
        SystemData data = new SystemData(study.moe(), study.allSettings());
        SystemGraph graph = SystemGraph.of(study, data);
        try (RunLock lock = RunLock.take(directory)) {
            Instant start = Instant.now();
            ArtifactStore store = new ArtifactStore(directory.resolve("artifacts"));
            Leftovers.clear(directory);
            for (String kind : List.of("system", "connect")) {
                Leftovers.clear(store.root().resolve(kind));
            }
            watch.observer().planned(GraphRun.work(graph.nodes(), data));
            GraphRun.Outcome outcome =
                    new GraphRun(store, study, data, machines, options, watch).run(graph.nodes());
            SystemResults results = results(data, graph, outcome, start);
            DurableFile.writeText(directory.resolve("study.yaml"), StudyReader.toYaml(study));
            SystemFiles.write(directory, results);
            publish.accept(results);
            return results;
        }
    }

    private SystemResults results(SystemData data, SystemGraph graph, GraphRun.Outcome outcome, Instant start) {
        List<SystemModel> models = graph.models().stream().map(node -> {
            Path artifact = outcome.artifacts().get(node).directory();
            return SystemStep.read(artifact, directory.relativize(artifact).toString());
        }).toList();
        List<SystemPair> pairs = graph.pairs().stream()
                .map(node -> ConnectStep.read(outcome.artifacts().get(node).directory())).toList();
        Measurements measured = new Measurements(models.stream().collect(Collectors.groupingBy(
                SystemModel::variant, LinkedHashMap::new,
                Collectors.mapping(SystemModel::measures, Collectors.toList()))));
        List<SystemClaim> claims = data.system().claims(measured).stream().map(SystemRun::claim).toList();
        Map<String, String> conventions = new LinkedHashMap<>(SystemResults.conventions(study.gridPoints()));
        conventions.put("Connected", "Every two replicas of the variant "
                + data.system().connected() + ".");
        conventions.put("Seed", Long.toString(study.seed()));
        Map<String, Object> configuration = new LinkedHashMap<>(study.toMap());
        configuration.put("settings", data.settings().values());
        return new SystemResults(SystemResults.SCHEMA, study.study(), data.system().name(), data.system().source(),
                conventions, StudyRun.environment(options), configuration, models, pairs, claims,
                StudyRun.timing(start, outcome.seconds()));
    }

    private static SystemClaim claim(Claim claim) {
        return new SystemClaim(claim.claim(), claim.paperValue(), claim.ourValue(), claim.ourDeviation(),
                claim.seeds(), claim.holds().label());
    }
}

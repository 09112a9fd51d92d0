package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.failure.Stopped;
import org.thalweg.model.ModelDirectory;
import org.thalweg.report.TransformerReport;
import org.thalweg.results.MethodPath;
import org.thalweg.results.MethodRow;
import org.thalweg.results.ReplicaMean;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerReplica;
import org.thalweg.results.TransformerResults;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

class TransformerRunTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    @ParameterizedTest
    @EnumSource(TransformerFamily.class)
    void everyFamilyIsTrainedMatchedAndMeasured(TransformerFamily family) throws IOException {
        TransformerStudy study = SmallTransformers.of(family);
        SmallStudy.Log log = new SmallStudy.Log();
        TransformerResults results = SmallTransformers.run(study, directory, log, new StopSignal());
        assertThat(log.left()).isZero();
        assertThat(results.warnings()).isEmpty();
        assertThat(results.rows()).extracting(MethodRow::method)
                .containsExactlyElementsOf(study.methods().orElseThrow());
        assertThat(results.rows()).allMatch(row -> row.pairs() == 1 && row.barrierSe().isEmpty());
        assertThat(Files.readAllLines(directory.resolve("table.csv"))).hasSize(9)
                .startsWith("dataset,method,pairs,barrier_mean,barrier_se,form");
        assertThat(Files.readString(directory.resolve("table.md"))).contains("| weight | 1 |");
        assertThat(StudyReader.read(directory.resolve("study.yaml").toString())).isEqualTo(study);
        TransformerResults read = TransformerFiles.read(directory.resolve("results.json"));
        assertThat(TransformerFiles.text(read)).isEqualTo(TransformerFiles.text(results));
        assertThat(TransformerReport.render(results)).contains("thalweg-transformers/1").doesNotContain("{{");
        // The ends of every path are the two replicas, in whatever form; but soft orders make B another function.
        MethodPath vanilla = results.paths().getFirst();
        for (MethodPath path : results.paths()) {
            assertThat(path.loss()[0]).isCloseTo(vanilla.loss()[0], within(1e-4));
            assertThat(path.loss()[2]).isCloseTo(vanilla.loss()[2], within(path.method().equals("soft") ? 1 : 1e-4));
        }
        // Of two replicas the mean of all is the middle of the path.
        assertThat(results.means()).extracting(ReplicaMean::method).containsExactly("vanilla", "universe");
        for (ReplicaMean mean : results.means()) {
            MethodPath path = results.paths().stream().filter(one -> one.method().equals(mean.method())).findFirst()
                    .orElseThrow();
            assertThat(mean.loss().orElseThrow()).isCloseTo(path.loss()[1], within(1e-6));
            assertThat(mean.replicaLosses()).hasSize(2);
            assertThat(mean.replicaLosses().getFirst()).isCloseTo(path.loss()[0], within(1e-6));
            assertThat(mean.replicaLosses().getLast()).isCloseTo(path.loss()[2], within(1e-6));
        }
    }

    @Test
    void allReplicasAreCarriedIntoOneBasisAndTheirMeanIsMeasuredThere() throws IOException {
        TransformerStudy study = SmallTransformers.parse(SmallTransformers.GPT2.replace("replicas: 2", "replicas: 3")
                .replaceFirst("methods: .*", "methods: [vanilla, universe]"));
        TransformerResults results = SmallTransformers.run(study, directory, StudyObserver.SILENT, new StopSignal());
        Map<String, Double> trained = results.replicas().stream().collect(Collectors.toMap(
                TransformerReplica::id, replica -> replica.testLoss().orElseThrow()));
        assertThat(results.paths()).hasSize(6).allSatisfy(path -> {
            assertThat(path.loss()[0]).isCloseTo(trained.get(path.replicaA()), within(1e-4));
            assertThat(path.loss()[2]).isCloseTo(trained.get(path.replicaB()), within(1e-4));
            assertThat(path.maxAbsLogitDifference().isPresent()).isEqualTo(path.method().equals("universe"));
            path.maxAbsLogitDifference().ifPresent(difference -> assertThat(difference).isBetween(0.0, 1e-9));
        });
        Path artifact;
        try (Stream<Path> artifacts = Files.list(directory.resolve("artifacts/universe"))) {
            artifact = artifacts.findFirst().orElseThrow();
        }
        List<ModelDirectory> carried = results.replicas().stream()
                .map(replica -> ModelDirectory.open(artifact.resolve(replica.id()))).toList();
        try (Scope scope = Scope.open()) {
            List<Parameters> models = carried.stream().map(ModelDirectory::load).toList();
            Parameters mean = models.getFirst().mapNamed((name, tensor) ->
                    tensor.add(models.get(1).get(name)).add(models.get(2).get(name)).multiply(1.0 / 3));
            double loss = new EvaluationSet(0, SmallTransformers.data(study).test().inOrder(500))
                    .score(carried.getFirst().network().orElseThrow(), mean).loss();
            ReplicaMean universe = results.means().getLast();
            assertThat(universe.method()).isEqualTo("universe");
            assertThat(universe.replicas()).containsExactlyInAnyOrderElementsOf(trained.keySet());
            assertThat(universe.loss().orElseThrow()).isCloseTo(loss, within(1e-5));
            assertThat(universe.lossRise().orElseThrow()).isCloseTo(
                    loss - trained.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                    within(1e-4));
        }
    }

    @Test
    void replicasThatDivergedAreLeftOutOfWhatIsDoneWithAll() {
        TransformerStudy study = SmallTransformers.parse(SmallTransformers.GPT2
                .replace("learning_rate: 0.01, warmup: 0.1", "learning_rate: 1e30")
                .replaceFirst("methods: .*", "methods: [vanilla, universe]"));
        TransformerResults results = SmallTransformers.run(study, directory, StudyObserver.SILENT, new StopSignal());
        assertThat(results.replicas()).allMatch(replica -> replica.diverged().isPresent());
        assertThat(results.paths()).allMatch(path -> path.excluded().isPresent());
        assertThat(results.means()).hasSize(2).allMatch(mean -> mean.excluded().isPresent());
        assertThat(results.warnings()).anyMatch(warning -> warning.contains("so there is no mean of them."));
    }

    @Test
    void resultsFromBeforeMeansAndFormsWereMeasuredAreRead() throws IOException {
        TransformerStudy study = SmallTransformers.parse(
                SmallTransformers.GPT2.replaceFirst("methods: .*", "methods: [vanilla]"));
        TransformerResults results = SmallTransformers.run(study, directory, StudyObserver.SILENT, new StopSignal());
        ObjectNode document = (ObjectNode) new ObjectMapper().readTree(TransformerFiles.text(results));
        assertThat(document.remove("means")).hasSize(1);
        assertThat(document.remove("surfaces")).isEmpty();
        document.get("rows").forEach(row -> assertThat(((ObjectNode) row).remove("form")).isNotNull());
        Path old = Files.writeString(directory.resolve("old.json"), document.toString());
        assertThat(TransformerFiles.read(old).means()).isEmpty();
        assertThat(TransformerFiles.read(old).surfaces()).isEmpty();
        assertThat(TransformerFiles.read(old).paths()).hasSameSizeAs(results.paths());
    }

    @ParameterizedTest
    @EnumSource(TransformerFamily.class)
    void aWrittenReplicaReadsBackAsTheModelThatWasMeasured(TransformerFamily family) {
        TransformerStudy study = SmallTransformers.of(family);
        TransformerResults results =
                SmallTransformers.run(study, directory, StudyObserver.SILENT, new StopSignal());
        try (Scope scope = Scope.open()) {
            EvaluationSet test = new EvaluationSet(0, SmallTransformers.data(study).test().inOrder(500));
            for (TransformerReplica replica : results.replicas()) {
                ModelDirectory model = ModelDirectory.open(directory.resolve(replica.checkpoint().orElseThrow()));
                assertThat(model.family()).isEqualTo(family.label());
                EvaluationSet.Score score = test.score(model.network().orElseThrow(), model.load());
                assertThat(score.loss()).isCloseTo(replica.testLoss().orElseThrow(), within(1e-6));
            }
        }
    }

    @Test
    void equalStudiesGiveEqualFilesAndNothingFinishedIsDoneTwice() throws IOException {
        TransformerStudy study = SmallTransformers.of(TransformerFamily.GPT2);
        SmallTransformers.run(study, directory.resolve("a"), StudyObserver.SILENT, new StopSignal());
        SmallTransformers.run(study, directory.resolve("b"), StudyObserver.SILENT, new StopSignal());
        String first = SmallStudy.results(directory.resolve("a"));
        assertThat(SmallStudy.results(directory.resolve("b"))).isEqualTo(first);
        SmallStudy.Log log = new SmallStudy.Log();
        SmallTransformers.run(study, directory.resolve("a"), log, new StopSignal());
        assertThat(log.advanced).isEmpty();
        assertThat(SmallStudy.results(directory.resolve("a"))).isEqualTo(first);
    }

    @Test
    void aStoppedStudyGoesOnToTheSameEnd() throws IOException {
        TransformerStudy study = SmallTransformers.of(TransformerFamily.LLAMA);
        SmallTransformers.run(study, directory.resolve("whole"), StudyObserver.SILENT, new StopSignal());
        Path stopped = directory.resolve("stopped");
        for (int after : new int[] {5, 20}) {
            StopSignal stop = new StopSignal();
            SmallStudy.Log log = new SmallStudy.Log() {
                @Override
                public synchronized void advanced(long work, String step, String note) {
                    super.advanced(work, step, note);
                    if (advanced.size() >= after) {
                        stop.request();
                    }
                }
            };
            assertThatThrownBy(() -> SmallTransformers.run(study, stopped, log, stop)).isInstanceOf(Stopped.class);
        }
        SmallTransformers.run(study, stopped, StudyObserver.SILENT, new StopSignal());
        assertThat(SmallStudy.results(stopped)).isEqualTo(SmallStudy.results(directory.resolve("whole")));
    }

    @Test
    void aStudyStoppedWhileItLearnsAnAlignmentGoesOnFromThere() throws IOException {
        TransformerStudy study = SmallTransformers.parse(
                SmallTransformers.GPT2.replaceFirst("methods: .*", "methods: [vanilla, learned]"));
        SmallTransformers.run(study, directory.resolve("whole"), StudyObserver.SILENT, new StopSignal());
        Path stopped = directory.resolve("stopped");
        StopSignal stop = new StopSignal();
        SmallStudy.Log log = new SmallStudy.Log() {
            @Override
            public synchronized void advanced(long work, String step, String note) {
                super.advanced(work, step, note);
                if (note.equals("step 2 of 6")) {
                    stop.request();
                }
            }
        };
        assertThatThrownBy(() -> SmallTransformers.run(study, stopped, log, stop)).isInstanceOf(Stopped.class);
        Path alignments = stopped.resolve("artifacts/align");
        assertThat(alignments).isDirectoryContaining("glob:**/.snapshot-*");
        SmallStudy.Log rest = new SmallStudy.Log();
        SmallTransformers.run(study, stopped, rest, new StopSignal());
        assertThat(rest.warnings).containsExactly("learning goes on after step 3 of 6, where an earlier run stopped.");
        assertThat(rest.left()).isZero();
        assertThat(alignments).isDirectoryNotContaining("glob:**/.snapshot-*");
        assertThat(SmallStudy.results(stopped)).isEqualTo(SmallStudy.results(directory.resolve("whole")));
    }
}

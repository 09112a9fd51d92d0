package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairResult;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.ReplicaResult;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.StudyResults;
import org.thalweg.results.TableRow;
import org.thalweg.storage.Digest;
import org.thalweg.storage.DurableDirectory;

class StudyRunTest {
    @TempDir
    private static Path root;

    private static Path whole;
    private static StudyResults results;
    private static SmallStudy.Log log;

    @BeforeAll
    static void runWhole() {
        whole = root.resolve("whole");
        log = new SmallStudy.Log();
        results = SmallStudy.run(SmallStudy.file(), whole, 2, log);
    }

    @Test
    void everyPairIsMeasuredByEveryMethodOnEveryPoint() {
        assertThat(results.replicas()).hasSize(9);
        assertThat(results.pairs()).hasSize(3 * 3 * Method.values().length);
        assertThat(results.pairs()).allSatisfy(pair -> {
            PairOutcome.Measured measured = pair.measured().orElseThrow();
            assertThat(measured.curves().grid().points()).isEqualTo(5);
            assertThat(measured.curves().accuracy()).isPresent();
            assertThat(measured.chosen().isPresent()).isEqualTo(pair.method() == Method.BEST);
        });
        assertThat(results.warnings()).allMatch(text -> text.contains("a naive barrier is below"));
        assertThat(log.warnings).isEmpty();
        assertThat(log.left()).isZero();
    }

    @Test
    void matchedModelsAreProvedToBeTheSameFunctions() {
        assertThat(results.pairs()).allSatisfy(pair -> {
            PairOutcome.Measured measured = pair.measured().orElseThrow();
            assertThat(measured.maxAbsLogitDifference().isPresent()).isEqualTo(pair.method() != Method.NAIVE);
            assertThat(measured.maxAbsLogitDifference().orElse(0)).isLessThan(1e-9);
        });
    }

    @Test
    void ranksAreThereForFewExpertsInOneLayerOnly() {
        assertThat(results.pairs()).allSatisfy(pair -> {
            boolean ranked = pair.setting().experts() == 2 && pair.method() != Method.NAIVE;
            PairOutcome.Measured measured = pair.measured().orElseThrow();
            assertThat(measured.byLoss().isPresent()).isEqualTo(ranked);
            measured.byLoss().ifPresent(ranking -> assertThat(ranking.rank()).isBetween(1, 2));
            measured.byAccuracy().ifPresent(ranking -> assertThat(ranking.rank()).isBetween(1, 2));
        });
    }

    @Test
    void bestIsTheOneOfTheTwoMatchingsWithTheSmallerBarrier() {
        for (PairResult best : results.pairs()) {
            if (best.method() == Method.BEST) {
                double least = Stream.of(Method.GATE, Method.EXPERT)
                        .mapToDouble(method -> barrier(results, best, method)).min().orElseThrow();
                assertThat(barrier(results, best, Method.BEST)).isEqualTo(least);
            }
        }
    }

    private static double barrier(StudyResults of, PairResult like, Method method) {
        return of.pairs().stream()
                .filter(pair -> pair.method() == method && pair.replicaA().equals(like.replicaA())
                        && pair.replicaB().equals(like.replicaB()))
                .findFirst().orElseThrow().measured().orElseThrow().lossBarrier().height();
    }

    @Test
    void endsOfEveryPathAreTheReplicasOwnScores() {
        var lossOf = results.replicas().stream().collect(Collectors.toMap(ReplicaResult::id,
                replica -> ((ReplicaOutcome.Trained) replica.outcome()).testLoss()));
        assertThat(results.pairs()).allSatisfy(pair -> {
            var loss = pair.measured().orElseThrow().curves().loss();
            assertThat(loss.atA()).isEqualTo(lossOf.get(pair.replicaA()));
            assertThat(loss.atB()).isCloseTo(lossOf.get(pair.replicaB()), within(1e-5));
        });
    }

    @Test
    void theTableHasOneRowForEachKindOfModel() throws IOException {
        assertThat(results.rows()).extracting(TableRow::pairs).containsExactly(3, 3, 3);
        assertThat(Files.readAllLines(whole.resolve("table.csv"))).hasSize(4);
        assertThat(Files.readString(whole.resolve("table.md"))).contains("deepseek");
        assertThat(StudyReader.read(whole.resolve("study.yaml").toString())).isEqualTo(SmallStudy.file());
        assertThat(Files.readString(whole.resolve("results.json"))).isEqualTo(ResultsFile.text(results));
    }

    @Test
    void everyReplicaIsACheckpointThatOpens() {
        for (ReplicaResult replica : results.replicas()) {
            ReplicaOutcome.Trained trained = (ReplicaOutcome.Trained) replica.outcome();
            Checkpoint checkpoint = Checkpoint.open(whole.resolve(trained.checkpoint()));
            checkpoint.requireFinite();
            assertThat(checkpoint.metadata()).containsEntry("seed", Long.toString(replica.seed()))
                    .containsEntry("step", "finetune");
        }
    }

    @Test
    void runningAgainDoesNothingAndReportsTheSame() throws IOException {
        Path run = copyOfWhole("again");
        Set<String> before = files(run);
        SmallStudy.Log again = new SmallStudy.Log();
        StudyResults same = SmallStudy.run(SmallStudy.file(), run, 2, again);
        assertThat(again.advanced).isEmpty();
        assertThat(again.warnings).isEmpty();
        assertThat(again.left()).isZero();
        assertThat(same.timing().steps().values()).allMatch(seconds -> seconds == 0);
        assertThat(SmallStudy.results(run)).isEqualTo(SmallStudy.results(whole));
        assertThat(files(run)).isEqualTo(before);
    }

    @Test
    void theNumberOfWorkersDoesNotChangeResults() throws IOException {
        Path run = root.resolve("one worker");
        SmallStudy.run(SmallStudy.file(), run, 1, StudyObserver.SILENT);
        assertThat(SmallStudy.results(run)).isEqualTo(SmallStudy.results(whole));
    }

    @Test
    void oneAlteredByteIsNamedMadeAgainAndChangesNoResult() throws IOException {
        Path run = copyOfWhole("altered");
        List<Path> victims = Stream.of("pretrain", "finetune", "match", "measure").map(kind -> {
            try (Stream<Path> files = Files.walk(run.resolve("artifacts").resolve(kind))) {
                return files.filter(Files::isRegularFile).sorted().toList().getLast();
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }).toList();
        for (Path victim : victims) {
            byte[] bytes = Files.readAllBytes(victim);
            bytes[bytes.length / 2] ^= 1;
            Files.write(victim, bytes);
        }
        SmallStudy.Log again = new SmallStudy.Log();
        SmallStudy.run(SmallStudy.file(), run, 2, again);
        assertThat(again.warnings).hasSize(4).allMatch(text -> text.endsWith("and is made again."));
        assertThat(again.warnings).allSatisfy(text ->
                assertThat(victims).anyMatch(victim -> text.contains(victim.getParent().toString())));
        assertThat(again.left()).isZero();
        assertThat(SmallStudy.results(run)).isEqualTo(SmallStudy.results(whole));
    }

    @Test
    void aStoppedRunKeepsItsStateAndGoesOnToTheSameResults() throws IOException {
        Path run = root.resolve("stopped");
        StopSignal stop = new StopSignal();
        SmallStudy.Log stopping = new SmallStudy.Log() {
            @Override
            public synchronized void advanced(long work, String step, String note) {
                super.advanced(work, step, note);
                if (step.startsWith("finetune")) {
                    stop.request();
                }
            }
        };
        assertThatThrownBy(() -> SmallStudy.run(SmallStudy.file(), run, 2, stopping, stop))
                .isInstanceOf(Stopped.class);
        try (Stream<Path> kept = Files.list(run.resolve("artifacts/finetune"))) {
            assertThat(kept).isNotEmpty().allMatch(path -> path.getFileName().toString().startsWith(".snapshot-"));
        }
        SmallStudy.run(SmallStudy.file(), run, 2, new SmallStudy.Log());
        assertThat(SmallStudy.results(run)).isEqualTo(SmallStudy.results(whole));
        assertThat(files(run)).noneMatch(name -> name.contains(".snapshot-"));
    }

    @Test
    void leftoversOfAKilledRunAreRemoved() throws IOException {
        Path run = copyOfWhole("leftovers");
        long dead = new ProcessBuilder("true").start().onExit().join().pid();
        Files.writeString(run.resolve(".results.json." + dead + ".part"), "{");
        Files.createDirectories(run.resolve("artifacts/match/.a." + dead + ".part/inner"));
        Path finished;
        try (Stream<Path> artifacts = Files.list(run.resolve("artifacts/finetune"))) {
            finished = artifacts.findFirst().orElseThrow();
        }
        Files.createDirectory(finished.resolveSibling(".snapshot-" + finished.getFileName()));
        Set<String> expected = files(whole);
        SmallStudy.run(SmallStudy.file(), run, 2, new SmallStudy.Log());
        assertThat(files(run)).isEqualTo(expected);
    }

    @Test
    void aDivergedReplicaIsNamedAndItsPairsAreExcludedFromTheMeans() throws IOException {
        String wild = "experts: 2, finetune: {epochs: 1, batch: 16, optimiser: sgd, learning_rate: 1e38}}";
        StudyFile study = SmallStudy.file("experts: 2}", wild);
        Path run = root.resolve("diverged");
        StudyResults diverged = SmallStudy.run(study, run, 2, StudyObserver.SILENT);
        assertThat(diverged.replicas().getFirst().outcome()).isInstanceOf(ReplicaOutcome.Diverged.class);
        assertThat(diverged.warnings().getFirst()).startsWith("replica dense-l1-m1-n2-r0 diverged: ").endsWith(".");
        assertThat(diverged.warnings()).contains("toy, dense, 1 layers, MoE in layer 1, 2 experts: "
                + "3 of 3 pairs excluded and not averaged in.");
        assertThat(diverged.rows()).extracting(TableRow::pairs).containsExactly(0, 3, 3);
        assertThat(diverged.pairs()).filteredOn(pair -> pair.setting().experts() == 2)
                .hasSize(12).allMatch(pair -> pair.outcome() instanceof PairOutcome.Excluded);
        assertThat(diverged.rows().subList(1, 3)).isEqualTo(results.rows().subList(1, 3));
        assertThat(ResultsFile.text(ResultsFile.read(run.resolve("results.json"))))
                .isEqualTo(ResultsFile.text(diverged));
    }

    @Test
    void oneDivergedReplicaTakesOnlyItsOwnPairsOutOfTheMeans() throws IOException {
        Path run = copyOfWhole("one diverged");
        Path artifact = run.resolve(((ReplicaOutcome.Trained) results.replicas().getFirst().outcome()).checkpoint());
        var seal = new ObjectMapper().readTree(Files.readString(artifact.resolve("artifact.json")));
        DurableDirectory.deleteRecursively(artifact);
        new ArtifactStore(run.resolve("artifacts")).make(
                new ArtifactStore.Address(seal.get("kind").asText(), seal.get("label").asText(),
                        new Digest(seal.get("key").asText())),
                directory -> Files.writeString(directory.resolve("training.json"), "{\"diverged\": \"It did.\"}"));
        StudyResults diverged = SmallStudy.run(SmallStudy.file(), run, 2, StudyObserver.SILENT);
        assertThat(diverged.warnings()).contains("It did.",
                "toy, dense, 1 layers, MoE in layer 1, 2 experts: 2 of 3 pairs excluded and not averaged in.");
        assertThat(diverged.rows()).extracting(TableRow::pairs).containsExactly(1, 3, 3);
        assertThat(diverged.pairs()).filteredOn(pair -> pair.replicaA().equals("dense-l1-m1-n2-r0"))
                .hasSize(8).allMatch(pair -> pair.outcome().equals(new PairOutcome.Excluded("It did.")));
        assertThat(diverged.pairs().subList(8, 36)).isEqualTo(results.pairs().subList(8, 36));
    }

    @Test
    void aDivergingBackboneFailsWithASentence() {
        StudyFile study = SmallStudy.file("optimiser: adamw, learning_rate: 0.01",
                "optimiser: sgd, learning_rate: 1000000.0");
        assertThatThrownBy(() -> SmallStudy.run(study, root.resolve("backbone"), 2, StudyObserver.SILENT))
                .isInstanceOf(WorkFailure.class)
                .hasMessageMatching("the backbone l[12] diverged: .*; lower pretrain.learning_rate in the study file.");
    }

    @Test
    void aFailedRunGivesTheDirectoryFree() {
        Path run = root.resolve("backbone again");
        StudyFile study = SmallStudy.file("optimiser: adamw, learning_rate: 0.01",
                "optimiser: sgd, learning_rate: 1000000.0");
        assertThatThrownBy(() -> SmallStudy.run(study, run, 1, StudyObserver.SILENT)).isInstanceOf(WorkFailure.class);
        RunLock.take(run).close();
    }

    @Test
    void aRunInADirectoryInUseIsRefused() {
        Path run = root.resolve("in use");
        try (RunLock held = RunLock.take(run)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> SmallStudy.run(SmallStudy.file(), run, 1, StudyObserver.SILENT))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("is running a study in");
        }
    }

    @Test
    void imagesThatDoNotFitTheStudyAreRefused() {
        assertThatThrownBy(() -> SmallStudy.run(
                SmallStudy.file("patch: 4", "patch: 3"), root.resolve("p"), 1, StudyObserver.SILENT))
                .isInstanceOf(WrongUse.class)
                .hasMessage("patches of 3 pixels do not tile images of 8 x 8; choose a patch that divides both sides.");
        assertThatThrownBy(() -> SmallStudy.run(
                SmallStudy.file("train_per_class: 8", "train_per_class: 80"), root.resolve("p"), 1,
                StudyObserver.SILENT)).isInstanceOf(WrongUse.class).hasMessageContaining("80 per class");
    }

    private static Path copyOfWhole(String name) throws IOException {
        Path copy = root.resolve(name);
        DurableDirectory.deleteRecursively(copy);
        try (Stream<Path> paths = Files.walk(whole)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(path, copy.resolve(whole.relativize(path).toString()));
            }
        }
        return copy;
    }

    private static Set<String> files(Path run) throws IOException {
        try (Stream<Path> paths = Files.walk(run)) {
            return paths.map(path -> run.relativize(path).toString()).collect(Collectors.toSet());
        }
    }
}

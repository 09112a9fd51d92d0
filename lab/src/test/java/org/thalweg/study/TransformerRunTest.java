package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.model.ModelDirectory;
import org.thalweg.report.TransformerReport;
import org.thalweg.results.MethodPath;
import org.thalweg.results.MethodRow;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerReplica;
import org.thalweg.results.TransformerResults;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Stopped;

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
        assertThat(Files.readAllLines(directory.resolve("table.csv"))).hasSize(8)
                .startsWith("dataset,method,pairs,barrier_mean,barrier_se");
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
}

package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.results.LayerPath;
import org.thalweg.results.ReinitialisationFiles;
import org.thalweg.results.ReinitialisationResults;
import org.thalweg.results.ReinitialisationRow;
import org.thalweg.results.ReinitialisedModel;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

class ReinitialisationRunTest {
    private static final String GPT2 = """
            study: small
            reinitialisation: gpt2
            dataset: verse
            seed: 7
            points: 3
            model: {residual: 8, layers: 2, heads: 2, feed_forward: 12, window: 8}
            training: {epochs: 2, batch: 32, learning_rate: 0.01, patience: 3}
            finetune: {epochs: 2, batch: 32, learning_rate: 0.05, patience: 2, look_every: 4}
            """;

    @TempDir
    private Path directory;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    private static ReinitialisationStudy parse(String yaml) {
        return (ReinitialisationStudy) StudyReader.parse(yaml, "f");
    }

    private static ReinitialisationStudy of(TransformerFamily family) {
        return parse(switch (family) {
            case GPT2 -> GPT2;
            case LLAMA -> GPT2.replace("gpt2", "llama").replace("layers: 2", "layers: 3").replace("points: 3",
                    "points: 3\nlayers: [3, 1]");
            case VIT -> GPT2.replace("gpt2", "vit").replace("verse", "mnist").replace("window: 8", "patch: 4")
                    .replace("patience: 3", "patience: 3, held_out: 0.2, crop: 1, flip: true, copies: 2");
            case MIXTRAL -> throw new IllegalArgumentException("experts are no single feed-forward network");
        });
    }

    private static ReinitialisationResults run(
            ReinitialisationStudy study, Path directory, StudyObserver observer, StopSignal stop) {
        GraphRun.Options options = new GraphRun.Options(2, 1, Duration.ofMillis(20));
        return new ReinitialisationRun(study, directory, options, observer, stop)
                .run(List.of(SmallTransformers.data(study.trained())), _ -> { });
    }

    @ParameterizedTest
    @EnumSource(names = "MIXTRAL", mode = EnumSource.Mode.EXCLUDE)
    void onlyTheFeedForwardNetworkOfTheLayerIsTrainedAnew(TransformerFamily family) throws IOException {
        ReinitialisationStudy study = of(family);
        SmallStudy.Log log = new SmallStudy.Log();
        ReinitialisationResults results = run(study, directory, log, new StopSignal());
        assertThat(log.left()).isZero();
        assertThat(results.warnings()).isEmpty();
        assertThat(results.rows()).extracting(ReinitialisationRow::layer)
                .containsExactlyElementsOf(study.reinitialised().stream().map(layer -> layer + 1).toList());
        assertThat(results.rows()).allMatch(row -> row.replicas() == 2);
        assertThat(results.replicas()).hasSize(4);
        try (Scope scope = Scope.open()) {
            Path trained = directory.resolve(results.trained().getFirst().checkpoint().orElseThrow());
            Parameters before = Checkpoint.open(trained).load();
            Network network = TransformerFamily.network(Checkpoint.open(trained).config());
            for (ReinitialisedModel replica : results.replicas()) {
                Parameters after =
                        Checkpoint.open(directory.resolve(replica.checkpoint().orElseThrow())).load();
                Set<String> anew = family.feedForward(network, replica.layer() - 1);
                assertThat(anew).hasSize(family == TransformerFamily.LLAMA ? 3 : 4);
                assertThat(after.names()).isEqualTo(before.names());
                before.asMap().forEach((name, tensor) -> assertThat(after.get(name).sameAs(tensor))
                        .as(replica.id() + " " + name).isEqualTo(!anew.contains(name)));
            }
        }
    }

    @Test
    void theNumbersAreThoseOfTheModelsThatWereWritten() throws IOException {
        ReinitialisationStudy study = of(TransformerFamily.GPT2);
        ReinitialisationResults results = run(study, directory, StudyObserver.SILENT, new StopSignal());
        TransformerData data = SmallTransformers.data(study.trained());
        try (Scope scope = Scope.open()) {
            EvaluationSet test = new EvaluationSet(0, data.test().inOrder(data.evaluationBatch()));
            Path trained = directory.resolve(results.trained().getFirst().checkpoint().orElseThrow());
            Network network = TransformerFamily.network(Checkpoint.open(trained).config());
            Parameters start = Checkpoint.open(trained).load();
            for (ReinitialisedModel replica : results.replicas()) {
                Path written = directory.resolve(replica.checkpoint().orElseThrow());
                assertThat(test.score(network, Checkpoint.open(written).load()).loss())
                        .isCloseTo(replica.finetunedLoss().orElseThrow(), within(1e-6));
                Set<String> anew = TransformerFamily.GPT2.feedForward(network, replica.layer() - 1);
                Parameters drawn = TransformerFamily.GPT2.initial(network)
                        .draw(network, Random.childSeed(replica.seed(), "initial weights"));
                assertThat(test.score(network, start.with(drawn.filter(anew::contains))).loss())
                        .isCloseTo(replica.reinitialisedLoss().orElseThrow(), within(1e-6));
            }
        }
        for (ReinitialisationRow row : results.rows()) {
            List<ReinitialisedModel> replicas =
                    results.replicas().stream().filter(replica -> replica.layer() == row.layer()).toList();
            assertThat(row.finetunedLoss().orElseThrow()).isCloseTo(replicas.stream()
                    .mapToDouble(replica -> replica.finetunedLoss().orElseThrow()).average().orElseThrow(),
                    within(1e-12));
            LayerPath path =
                    results.paths().stream().filter(one -> one.layer() == row.layer()).findFirst().orElseThrow();
            assertThat(path.path().loss()[0]).isCloseTo(replicas.getFirst().finetunedLoss().orElseThrow(),
                    within(1e-6));
            assertThat(row.naiveBarrier()).isEqualTo(path.path().lossBarrier());
            double[] loss = path.path().loss();
            assertThat(row.interiorBarrier().orElseThrow())
                    .isCloseTo(loss[1] - (loss[0] + loss[2]) / 2, within(1e-12));
        }
    }

    @Test
    void filesHoldTheTableAndThePapersBesideIt() throws IOException {
        ReinitialisationStudy study = of(TransformerFamily.GPT2);
        ReinitialisationResults results = run(study, directory, StudyObserver.SILENT, new StopSignal());
        assertThat(Files.readAllLines(directory.resolve("table.csv"))).hasSize(3).startsWith("dataset,layer,replicas,"
                + "pretrained_loss,pretrained_accuracy,reinitialised_loss,reinitialised_accuracy,finetuned_loss,"
                + "finetuned_accuracy,naive_barrier,interior_barrier");
        assertThat(Files.readString(directory.resolve("table.md"))).contains("| verse | 2 | ",
                "| paper: IMDB |  | 0.3724 | 87.50 | 0.6452 | 68.75 | 0.4284 | 87.50 | 0.0019 |  |",
                "| paper: PTB-word |  | 4.5246 |  | 6.9699 |  | 4.4639 |  | -0.0454 |  |");
        assertThat(StudyReader.read(directory.resolve("study.yaml").toString())).isEqualTo(study);
        Path file = directory.resolve("results.json");
        assertThat(ReinitialisationFiles.isOne(file)).isTrue();
        assertThat(ReinitialisationFiles.text(ReinitialisationFiles.read(file)))
                .isEqualTo(ReinitialisationFiles.text(results)).isEqualTo(Files.readString(file));
    }

    @Test
    void aStoppedStudyGoesOnToTheSameEndAndNothingFinishedIsDoneTwice() throws IOException {
        ReinitialisationStudy study = of(TransformerFamily.VIT);
        run(study, directory.resolve("whole"), StudyObserver.SILENT, new StopSignal());
        Path stopped = directory.resolve("stopped");
        StopSignal stop = new StopSignal();
        SmallStudy.Log log = new SmallStudy.Log() {
            @Override
            public synchronized void advanced(long work, String step, String note) {
                super.advanced(work, step, note);
                if (advanced.size() >= 7) {
                    stop.request();
                }
            }
        };
        assertThatThrownBy(() -> run(study, stopped, log, stop)).isInstanceOf(Stopped.class);
        run(study, stopped, StudyObserver.SILENT, new StopSignal());
        assertThat(SmallStudy.results(stopped)).isEqualTo(SmallStudy.results(directory.resolve("whole")));
        SmallStudy.Log again = new SmallStudy.Log();
        run(study, stopped, again, new StopSignal());
        assertThat(again.advanced).isEmpty();
    }

    @Test
    void aTrainingThatDivergedIsExcludedWithItsReason() {
        ReinitialisationResults results = run(parse(GPT2.replace("learning_rate: 0.05", "learning_rate: 1e30")),
                directory, StudyObserver.SILENT, new StopSignal());
        assertThat(results.replicas()).allMatch(replica -> replica.diverged().isPresent());
        assertThat(results.rows()).allMatch(row -> row.replicas() == 0 && row.finetunedLoss().isEmpty()
                && row.naiveBarrier().isEmpty() && row.pretrainedLoss().isPresent());
        assertThat(results.warnings()).hasSize(4).allMatch(warning -> warning.contains("diverged"));
        assertThat(ReinitialisationFiles.markdown(results)).contains("**Warnings**");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            reinitialisation: gpt2 | reinitialisation: mixtral | f: reinitialisation is 'mixtral', expected vit, gpt2,
            points: 3 | layers: [3] | f, line 5: layers is [3], expected different numbers from 1 to model.layers = 2.
            points: 3 | layers: [1, 1] | f, line 5: layers is [1, 1], expected different numbers from 1 to model.layers
            points: 3 | replicas: 1 | f, line 5: replicas is 1, expected 2 to 100.
            points: 3 | methods: [vanilla] | f, line 5: unknown key 'methods'; the nearest known key is
            look_every: 4 | crop: 4 | f: finetune has held_out, crop, flip, jitter or copies, but images are
            window: 8 | patch: 8 | f: a study of gpt2 has no key 'model.patch'; remove it.
            """)
    void aMistakeIsToldInOneSentence(String from, String to, String told) {
        assertThat(GPT2).contains(from);
        assertThatThrownBy(() -> parse(GPT2.replace(from, to))).isInstanceOf(WrongUse.class)
                .message().matches(message -> message.replaceFirst(", line [0-9]+", "")
                        .startsWith(told.replaceFirst(", line [0-9]+", "")), told);
    }
}

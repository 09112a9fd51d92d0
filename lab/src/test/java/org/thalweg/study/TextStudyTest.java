package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.ReplicaResult;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ToyImages;

class TextStudyTest {
    @TempDir
    private static Path root;

    private static Path whole;
    private static StudyResults results;

    @BeforeAll
    static void runWhole() {
        whole = root.resolve("whole");
        results = SmallTexts.run(SmallTexts.file(), SmallTexts.data(SmallTexts.file(), SmallTexts.verse()), whole);
    }

    @Test
    void everyPairIsMeasuredByEveryMethodAndMatchedModelsAreTheSameFunctions() {
        assertThat(results.replicas()).hasSize(6);
        assertThat(results.pairs()).hasSize(3 * Method.values().length).allSatisfy(pair -> {
            PairOutcome.Measured measured = pair.measured().orElseThrow();
            assertThat(measured.curves().grid().points()).isEqualTo(5);
            assertThat(measured.curves().accuracy()).isPresent();
            assertThat(measured.maxAbsLogitDifference().isPresent()).isEqualTo(pair.method() != Method.NAIVE);
            assertThat(measured.maxAbsLogitDifference().orElse(0)).isLessThan(1e-9);
            assertThat(measured.byLoss().isPresent())
                    .isEqualTo(pair.setting().experts() == 2 && pair.method() != Method.NAIVE);
        });
        assertThat(results.pairs()).anySatisfy(pair -> assertThat(pair.measured().orElseThrow()
                .maxAbsLogitDifference().orElse(0)).isPositive());
    }

    @Test
    void modelsLearnTheText() {
        // Who only counts how often each of the 19 characters occurs has a loss of 2.64.
        assertThat(results.replicas()).allSatisfy(replica ->
                assertThat(((ReplicaOutcome.Trained) replica.outcome()).testLoss()).isBetween(0.0, 2.5));
    }

    @Test
    void endsOfEveryPathAreTheReplicasOwnScores() {
        var lossOf = results.replicas().stream().collect(Collectors.toMap(ReplicaResult::id,
                replica -> ((ReplicaOutcome.Trained) replica.outcome()).testLoss()));
        assertThat(results.pairs()).allSatisfy(pair -> {
            var loss = pair.measured().orElseThrow().curves().loss();
            assertThat(loss.atA()).isCloseTo(lossOf.get(pair.replicaA()), within(1e-6));
            assertThat(loss.atB()).isCloseTo(lossOf.get(pair.replicaB()), within(1e-5));
        });
    }

    @Test
    void nothingButTheExpertsIsTrainedAndExpertsOfReplicasDiffer() {
        try (Scope scope = Scope.open()) {
            Parameters backbone = Checkpoint.open(SmallTexts.artifact(whole, "pretrain", "l2")).load();
            Parameters a = Checkpoint.open(SmallTexts.artifact(whole, "finetune", "sparse-k2-l2-m1+2-n3-r0")).load();
            Parameters b = Checkpoint.open(SmallTexts.artifact(whole, "finetune", "sparse-k2-l2-m1+2-n3-r1")).load();
            for (String name : a.names()) {
                if (name.contains(".moe.")) {
                    assertThat(backbone.contains(name)).isFalse();
                    assertThat(a.get(name).toFloats()).as(name).isNotEqualTo(b.get(name).toFloats());
                } else {
                    assertThat(a.get(name).toFloats()).as(name).isEqualTo(backbone.get(name).toFloats())
                            .isEqualTo(b.get(name).toFloats());
                }
            }
            assertThat(a.names()).contains("transformer.h.1.moe.gate.bias").noneMatch(name -> name.contains(".mlp."));
            assertThat(backbone.names()).contains("transformer.h.1.mlp.c_fc.weight");
        }
    }

    @Test
    void backbonesAreStockDirectoriesAndReplicasOpenWithTheirTokenizer() {
        Path backbone = SmallTexts.artifact(whole, "pretrain", "l1");
        assertThat(ModelDirectory.open(backbone).family()).isEqualTo("gpt2");
        assertThat(backbone.resolve("tokenizer.json")).exists();
        ModelDirectory replica =
                ModelDirectory.open(SmallTexts.artifact(whole, "finetune", "deepseek-k2s1-l1-m1-n3-r1"));
        assertThat(replica.family()).isEqualTo("gpt2-moe");
        assertThat(((Decoder) replica.network().orElseThrow()).config().layers().getFirst().sparse()).isTrue();
        assertThat(replica.checkpoint().directory().resolve("tokenizer.json")).exists();
    }

    @Test
    void textsAreToldApartByClassToo() {
        StudyFile study = SmallTexts.file("{tokens: characters, window: 8}",
                "{tokens: words, window: 6, task: classes}", "epochs: 2, batch: 32", "epochs: 30, batch: 16",
                "dataset: verse", "dataset: opinions");
        StudyData data = SmallTexts.data(study, SmallTexts.opinions());
        Path run = root.resolve("classes");
        StudyResults classes = SmallTexts.run(study, data, run);
        assertThat(data.train().size()).isEqualTo(160);
        assertThat(classes.replicas()).allSatisfy(replica -> assertThat(
                ((ReplicaOutcome.Trained) replica.outcome()).testAccuracy().orElseThrow()).isGreaterThan(0.9));
        assertThat(classes.pairs()).allSatisfy(pair ->
                assertThat(pair.measured().orElseThrow().maxAbsLogitDifference().orElse(0)).isLessThan(1e-9));
        try (Scope scope = Scope.open()) {
            Path backbone = SmallTexts.artifact(run, "pretrain", "l1");
            assertThat(Checkpoint.open(backbone).load().get("score.weight").shape()).containsExactly(2, 8);
            assertThat(ModelDirectory.open(backbone).network()).isPresent();
        }
    }

    @Test
    void tokensThatTrainingHasNotAreToldOf() throws Exception {
        Path text = root.resolve("text.txt");
        Files.writeString(text, "abab ".repeat(200) + "xyz");
        StudyFile study = SmallTexts.file("texts: {", "texts: {place: " + text + ", ");
        assertThat(StudyData.load(study, Optional.empty()).warnings()).containsExactly("Of the text verse, "
                + "3 tokens of the parts for validation and tests are left out, since they do not occur in the part "
                + "for training.");
    }

    @Test
    void aTextWithoutClassesAWindowTooLongAndNumbersOfImagesAreRefused() {
        assertThatThrownBy(() -> SmallTexts.data(SmallTexts.file("window: 8", "window: 8, task: classes"),
                SmallTexts.verse())).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("the text verse has no classes to tell apart");
        assertThatThrownBy(() -> SmallTexts.data(SmallTexts.file("window: 8", "window: 300"), SmallTexts.verse()))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("but texts.window is 300 and each needs one more");
        assertThatThrownBy(() -> SmallTexts.data(SmallTexts.file("points: 5", "train_per_class: 5"),
                SmallTexts.verse())).isInstanceOf(WrongUse.class)
                .hasMessageContaining("train_per_class and test_per_class are for images");
    }

    @Test
    void aConfigurationGetsItsExpertsAsThatOfAVitDoes() {
        VitConfig dense = ToyImages.network(2);
        Experiment experiment = Experiment.of(SmallStudy.file()).get(1);
        assertThat(StudyNetwork.withExperts(dense.toJson(), experiment.moe()))
                .hasToString(dense.withExperts(experiment.moe()).toJson().toString());
    }
}

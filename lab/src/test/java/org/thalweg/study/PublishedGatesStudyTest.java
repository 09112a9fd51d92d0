package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Scope;

/** The gates of published models in studies: trained, matched and measured, on toy images. */
class PublishedGatesStudyTest {
    private static final String EXPERIMENTS = """
              - {layers: 1, moe_layers: first, gating: switch, experts: 3}
              - {layers: 1, moe_layers: first, gating: mixtral, selected: 2, experts: 3}
              - {layers: 1, moe_layers: first, gating: olmoe, selected: 2, experts: 3}
              - {layers: 1, moe_layers: first, gating: qwen2-moe, selected: 2, shared: 2, experts: 3}
              - {layers: 1, moe_layers: first, gating: qwen3-moe, selected: 2, experts: 3}
              - {layers: 1, moe_layers: first, gating: deepseek-v2, selected: 2, groups: 2, kept_groups: 1, experts: 4}
              - {layers: 2, moe_layers: all, gating: deepseek-v3, selected: 2, groups: 2, kept_groups: 1, experts: 4}
              - {layers: 1, moe_layers: first, gating: gpt-oss, selected: 2, experts: 3}
              - {layers: 1, moe_layers: first, gating: llama4, experts: 3}
            """;

    @TempDir
    private static Path run;

    private static StudyResults results;

    @BeforeAll
    static void runStudy() {
        String yaml = SmallStudy.YAML.substring(0, SmallStudy.YAML.indexOf("  - {layers")) + EXPERIMENTS;
        StudyFile study = (StudyFile) StudyReader.parse(
                yaml.replace("replicas: 3", "replicas: 2").replace("rank_up_to: 2", "rank_up_to: 4"), "gates.yaml");
        results = SmallStudy.run(study, run, 2, new SmallStudy.Log());
    }

    @Test
    void everyGateTrainsIsMatchedWithoutChangeAndMeasured() {
        assertThat(results.rows()).hasSize(MoeModel.values().length);
        assertThat(results.replicas()).allSatisfy(replica ->
                assertThat(replica.outcome()).isInstanceOf(ReplicaOutcome.Trained.class));
        assertThat(results.pairs()).allSatisfy(pair -> {
            PairOutcome.Measured measured = pair.measured().orElseThrow();
            assertThat(measured.maxAbsLogitDifference().isPresent()).isEqualTo(pair.method() != Method.NAIVE);
            assertThat(measured.maxAbsLogitDifference().orElse(0)).isLessThan(1e-9);
        });
        assertThat(results.rows().stream().map(row -> row.setting().variant()))
                .contains("switch(k=1)", "mixtral(k=2)", "qwen2-moe(k=2,s=2)", "deepseek-v2(k=2,s=1,g=1of2)");
    }

    @Test
    void ordersOfExpertsInGroupsAreThoseThatKeepGroupsTogether() {
        assertThat(results.orders().stream().filter(pair -> pair.experts() == 4)).hasSize(1).allSatisfy(pair -> {
            assertThat(pair.possible()).isEqualTo(8);
            assertThat(pair.orders()).hasSize(8);
        });
        assertThat(results.orders().stream().filter(pair -> pair.experts() == 3)).hasSize(7)
                .allSatisfy(pair -> assertThat(pair.orders()).hasSize(6));
    }

    /** One gate with corrections, by an optimiser that decays weights and has moments. */
    private static StudyFile corrected() {
        return (StudyFile) StudyReader.parse(SmallStudy.YAML.substring(
                0, SmallStudy.YAML.indexOf("  - {layers")) + "  - {layers: 1, moe_layers: first, gating: deepseek-v3, "
                + "selected: 1, experts: 3, finetune: {epochs: 2, batch: 16, optimiser: adamw, learning_rate: 0.01, "
                + "weight_decay: 0.5}}\n", "v3.yaml");
    }

    @Test
    void correctionsMoveByTheRateAgainstTheLoadAndByNothingElse() {
        Path directory = run.resolve("v3");
        StudyResults all = SmallStudy.run(corrected(), directory, 1, new SmallStudy.Log());
        try (Scope scope = Scope.open()) {
            assertThat(all.replicas()).hasSize(3).allSatisfy(replica -> {
                Path model = directory.resolve(((ReplicaOutcome.Trained) replica.outcome()).checkpoint());
                double[] correction = TrainedModel.load(model)
                        .get("vit.encoder.layer.0.moe.gate.e_score_correction_bias").toDoubles();
                assertThat(Arrays.stream(correction).map(Math::abs).max().orElseThrow()).isPositive();
                for (double value : correction) {
                    assertThat(value * 1000).isCloseTo(Math.rint(value * 1000), within(1e-3)).isBetween(-10.0, 10.0);
                }
            });
        }
    }

    @Test
    void aStoppedTrainingGoesOnWithTheCorrectionsThatItHad() throws IOException {
        Path stopped = run.resolve("v3 stopped");
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
        assertThatThrownBy(() -> SmallStudy.run(corrected(), stopped, 1, stopping, stop))
                .isInstanceOf(Stopped.class);
        SmallStudy.run(corrected(), stopped, 1, new SmallStudy.Log());
        Path whole = run.resolve("v3 whole");
        SmallStudy.run(corrected(), whole, 1, new SmallStudy.Log());
        assertThat(SmallStudy.results(stopped)).isEqualTo(SmallStudy.results(whole));
    }

    static List<String> names() {
        return StarterStudy.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyStarterReadsBackAsAStudyOfItsOwn(String name) {
        Study study = StudyReader.parse(StarterStudy.yaml(name), name);
        assertThat(StudyReader.parse(StudyReader.toYaml(study), "again")).isEqualTo(study);
        if (study instanceof StudyFile file) {
            assertThat(file.study()).isEqualTo(name + "-starter");
            assertThat(file.experiments().stream().map(StudyFile.ExperimentSpec::gating).collect(Collectors.toSet()))
                    .containsExactly(name);
        }
    }

    @Test
    void anUnknownStarterIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> StarterStudy.yaml("mixtrel")).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith(
                        "there is no variant 'mixtrel', the nearest is 'mixtral'; expected one of dense,");
    }

    @Test
    void theBuiltInStudyHasEveryGate() {
        StudyFile all = (StudyFile) StudyReader.read(StarterStudy.EVERY_GATE);
        assertThat(all.experiments().stream().map(StudyFile.ExperimentSpec::gating).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Gates.names());
    }
}

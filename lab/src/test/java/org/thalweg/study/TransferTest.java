package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ToyImages;

/** Studies on models that are there already. */
class TransferTest {
    private static final String PREPROCESSOR = """
            {"do_resize": true, "size": {"height": 16, "width": 16}, "resample": 2, "do_rescale": true,
             "rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.5], "image_std": [0.25]}
            """;

    private static final String PRETRAIN = "pretrain: {epochs: 1, batch: 16, optimiser: sgd, learning_rate: 0.05}";

    @TempDir
    private Path root;

    /** A stock ViT of two layers for images of 16 x 16 pixels. */
    private Path vit(int classes) throws IOException {
        Path directory = root.resolve("vit-" + classes);
        VitConfig config = new VitConfig(new ImageSize(1, 16, 16), 8, 8, 2, 2, 12, classes, Optional.empty());
        ObjectNode json = config.toJson();
        json.putObject("id2label").put("0", "a").put("1", "b").put("2", "c");
        if (classes == 4) {
            ((ObjectNode) json.get("id2label")).put("3", "d");
        }
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory, json, VitFamily.network(config).initialise(Random.seeded(3)), Map.of());
        }
        Files.writeString(directory.resolve("preprocessor_config.json"), PREPROCESSOR);
        return directory;
    }

    private static StudyFile study(Path backbone, String pretrain) {
        return (StudyFile) StudyReader.parse("""
                study: transfer
                dataset: toy
                seed: 7
                replicas: 2
                points: 3
                train_per_class: 8
                test_per_class: 5
                backbone: %s
                %s
                finetune: {epochs: 1, batch: 16, optimiser: sgd, learning_rate: 0.05}
                experiments:
                  - {layers: 2, moe_layers: first, gating: sparse, selected: 2, experts: 3}
                """.formatted(backbone, pretrain), "f");
    }

    private static StudyData data(StudyFile study) {
        return StudyData.of(ToyImages.of(10, 10), study,
                study.backbone().map(Path::of).map(BackboneDirectory::open));
    }

    @Test
    void aVitGetsAClassifierForTheClassesIsTrainedFurtherAndGetsExperts() throws IOException {
        Path backbone = vit(3);
        StudyFile study = study(backbone, PRETRAIN);
        Path run = root.resolve("run");
        StudyResults results = SmallTexts.run(study, data(study), run);
        assertThat(results.pairs()).hasSize(4).allSatisfy(pair ->
                assertThat(pair.measured().orElseThrow().maxAbsLogitDifference().orElse(0)).isLessThan(1e-9));
        try (Scope scope = Scope.open()) {
            Parameters stock = Checkpoint.open(backbone).load();
            Parameters imported = Checkpoint.open(SmallTexts.artifact(run, "import", "backbone")).load();
            Checkpoint trained = Checkpoint.open(SmallTexts.artifact(run, "pretrain", "l2"));
            Parameters replica = Checkpoint.open(
                    SmallTexts.artifact(run, "finetune", "sparse-k2-l2-m1-n3-r0")).load();
            assertThat(imported.names()).isEqualTo(stock.names());
            assertThat(imported.get("classifier.weight").shape()).containsExactly(4, 8);
            imported.names().stream().filter(name -> !name.startsWith("classifier.")).forEach(name ->
                    assertThat(imported.get(name).toFloats()).as(name).isEqualTo(stock.get(name).toFloats()));
            Parameters further = trained.load();
            assertThat(further.get("vit.encoder.layer.1.output.dense.weight").toFloats())
                    .isNotEqualTo(stock.get("vit.encoder.layer.1.output.dense.weight").toFloats());
            replica.names().stream().filter(name -> !name.contains(".moe.")).forEach(name ->
                    assertThat(replica.get(name).toFloats()).as(name).isEqualTo(further.get(name).toFloats()));
            // Experts are as wide as the feed-forward network that they replace.
            assertThat(replica.get("vit.encoder.layer.0.moe.experts.0.dense.0.weight").shape()).containsExactly(12, 8);
            assertThat(trained.config().has("id2label")).isFalse();
            assertThat(trained.config().get("num_labels").intValue()).isEqualTo(4);
        }
    }

    @Test
    void aVitOfAsManyClassesNeedsNoFurtherTrainingAndKeepsItsClassifier() throws IOException {
        Path backbone = vit(4);
        StudyFile study = study(backbone, "");
        StudyGraph graph = StudyGraph.of(study, data(study));
        assertThat(graph.nodes()).noneMatch(node -> node.step() instanceof PretrainStep);
        assertThat(graph.nodes()).filteredOn(node -> node.step() instanceof FineTuneStep)
                .allSatisfy(node -> assertThat(node.needs()).containsExactly("import"));
        Path output = Files.createDirectory(root.resolve("output"));
        run(graph.nodes().getFirst().step(), study, output);
        try (Scope scope = Scope.open()) {
            Parameters stock = Checkpoint.open(backbone).load();
            Parameters imported = Checkpoint.open(output).load();
            assertThat(imported.names()).isEqualTo(stock.names());
            stock.names().forEach(name ->
                    assertThat(imported.get(name).toFloats()).as(name).isEqualTo(stock.get(name).toFloats()));
            assertThat(Checkpoint.open(output).config().get("id2label")).hasSize(4);
        }
    }

    private void run(Step step, StudyFile study, Path output) throws IOException {
        step.run(new StepContext(List.of(), data(study), output,
                new Snapshots(root.resolve("snapshot"), Duration.ofHours(1)),
                new StepWatch(step, StudyObserver.SILENT, new StopSignal())));
    }

    @Test
    void imagesArePreparedAsTheDirectorySays() throws IOException {
        StudyFile study = study(vit(3), PRETRAIN);
        StudyData data = data(study);
        StudyData plain = SmallStudy.data(SmallStudy.file());
        try (Scope scope = Scope.open()) {
            assertThat(data.test().inputs(new int[] {0, 1}).shape()).containsExactly(2, 1, 16, 16);
            float corner = plain.test().inputs(new int[] {0}).toFloats()[0];
            float[] pixels = new float[64];
            ToyImages.set("toy test", 10, 2).classBalanced(5).copyPixels(0, pixels, 0);
            // The corner of an image twice as large is the corner.
            assertThat(data.test().inputs(new int[] {0}).toFloats()[0]).isEqualTo((pixels[0] - 0.5f) * 4)
                    .isNotEqualTo(corner);
        }
        assertThat(data.digest()).isNotEqualTo(plain.digest());
    }

    @Test
    void aHeadThatNobodyTrainsAndAnotherDepthAreRefused() throws IOException {
        Path backbone = vit(3);
        StudyFile untrained = study(backbone, "");
        assertThatThrownBy(() -> StudyGraph.of(untrained, data(untrained))).isInstanceOf(WrongUse.class)
                .hasMessage("the backbone " + backbone + " has no head for these data, so that classifier.weight and "
                        + "classifier.bias would stay random; add the key 'pretrain', which says how it is trained "
                        + "before experts are put in.");
        StudyFile deeper = (StudyFile) StudyReader.parse(
                StudyReader.toYaml(study(backbone, PRETRAIN)).replace("- 2\n", "- 3\n"), "f");
        assertThat(deeper.experiments().getFirst().layers()).containsExactly(3);
        assertThatThrownBy(() -> StudyGraph.of(deeper, data(deeper))).isInstanceOf(WrongUse.class)
                .hasMessage("experiments.layers is 3, but the backbone " + backbone
                        + " has 2; correct the study file.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'\"resample\": 2' | '\"resample\": 3' | 'resample'' must be 2, the bilinear filter'",
        "'\"height\": 16' | '\"height\": 224' | 'size'' must be 16 x 16, the size that config.json says'",
        "'{\"height\": 16, \"width\": 16}' | '32' | 'size'' must be 16 x 16'",
        "'\"do_resize\": true' | '\"do_resize\": false' | 'do_resize'' must be true'",
        "'\"do_resize\": true' | '\"do_center_crop\": true' | 'do_center_crop'' must be false'",
        "'[0.5]' | '[0.5, 0.5, 0.5]' | 'image_mean'' must be 1 numbers, one for each channel'",
        "'[0.25]' | '[0]' | 'image_std'' must be 1 numbers'",
        "'0.00392156862745098' | '1' | 'rescale_factor'' must be 1 / 255'",
        "'{\"do_resize\"' | '[{\"do_resize\"' | expected a JSON object",
    })
    void aPreprocessorThatAsksForSomethingElseIsRefusedInOneSentence(String from, String to, String message)
            throws IOException {
        Path backbone = vit(3);
        assertThat(PREPROCESSOR).contains(from);
        Files.writeString(backbone.resolve("preprocessor_config.json"), PREPROCESSOR.replace(from, to));
        assertThatThrownBy(() -> data(study(backbone, PRETRAIN))).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(backbone.resolve("preprocessor_config.json").toString())
                .hasMessageContaining(message).message().doesNotContain("\n");
    }

    @Test
    void whatSaysNothingOfImagesOrIsNoStockModelIsRefused() throws IOException {
        Path backbone = vit(4);
        StudyFile study = study(backbone, "");
        Path run = root.resolve("run");
        SmallTexts.run(study, data(study), run);
        Path replica = SmallTexts.artifact(run, "finetune", "sparse-k2-l2-m1-n3-r0");
        assertThatThrownBy(() -> data(study(replica, ""))).isInstanceOf(WorkFailure.class)
                .hasMessage(replica + " is of the family 'vit-moe', expected vit or gpt2, into which studies put "
                        + "experts; choose another backbone.");
        Files.delete(backbone.resolve("preprocessor_config.json"));
        assertThatThrownBy(() -> data(study)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(backbone + " has no preprocessor_config.json");
    }

    @Test
    void aDirectoryThatChangedSinceTheStudyWasBegunIsRefused() throws IOException {
        Path backbone = vit(4);
        StudyFile study = study(backbone, "");
        Step step = StudyGraph.of(study, data(study)).nodes().getFirst().step();
        Path config = backbone.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("1.0E-12", "1.0E-6"));
        assertThatThrownBy(() -> run(step, study, root)).isInstanceOf(WorkFailure.class)
                .hasMessage("the files in " + backbone + " have changed since the study was begun; begin again.");
    }

    @Test
    void aGpt2KeepsItsTokensAndGetsExperts() {
        Path first = root.resolve("first");
        SmallTexts.run(SmallTexts.file(), SmallTexts.data(SmallTexts.file(), SmallTexts.verse()), first);
        Path backbone = SmallTexts.artifact(first, "pretrain", "l2");
        StudyFile study = SmallTexts.file("gpt2: {residual: 8, heads: 2, feed_forward: 12}", "backbone: " + backbone,
                "{tokens: characters, window: 8}", "{window: 6}",
                "pretrain: {epochs: 2, batch: 32, optimiser: adam, learning_rate: 0.01}", "",
                "  - {layers: 1, moe_layers: first, gating: dense, experts: 2}\n", "",
                "  - {layers: 1, moe_layers: last, gating: deepseek, selected: 2, shared: 1, experts: 3}\n", "");
        StudyData data = SmallTexts.data(study, SmallTexts.verse());
        StudyData own = SmallTexts.data(SmallTexts.file("window: 8", "window: 6"), SmallTexts.verse());
        try (Scope scope = Scope.open()) {
            int[] some = {0, 5};
            assertThat(data.test().inputs(some).toLongs()).isEqualTo(own.test().inputs(some).toLongs());
        }
        Path run = root.resolve("second");
        assertThat(SmallTexts.run(study, data, run).pairs()).hasSize(4).allSatisfy(pair ->
                assertThat(pair.measured().orElseThrow().maxAbsLogitDifference().orElse(0)).isLessThan(1e-9));
        try (Scope scope = Scope.open()) {
            Parameters stock = Checkpoint.open(backbone).load();
            Parameters replica =
                    Checkpoint.open(SmallTexts.artifact(run, "finetune", "sparse-k2-l2-m1+2-n3-r1")).load();
            replica.names().stream().filter(name -> !name.contains(".moe.")).forEach(name ->
                    assertThat(replica.get(name).toFloats()).as(name).isEqualTo(stock.get(name).toFloats()));
            assertThat(replica.get("transformer.h.0.moe.experts.0.dense.0.weight").shape()).containsExactly(12, 8);
        }
        assertThatThrownBy(() -> SmallTexts.data(SmallTexts.file(
                "gpt2: {residual: 8, heads: 2, feed_forward: 12}", "backbone: " + backbone,
                "tokens: characters, window: 8", "window: 9"), SmallTexts.verse())).isInstanceOf(WrongUse.class)
                .hasMessageContaining("texts.window is 9, but " + backbone + " has positions for 8 tokens");
    }
}

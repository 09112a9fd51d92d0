package org.thalweg.model;

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
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.SmallConfigs;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Models are merged tensor by tensor, aligned first where that is asked for, and written as their base is. */
class MergeTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    private Path directory;

    private Models models;
    private Merges merges;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
        merges = new Merges(directory);
    }

    private ModelDirectory scrambled(String from, String to) {
        new Scramble(5, Set.of(), 0).write(ModelDirectory.open(directory.resolve(from)), models.out(to));
        return ModelDirectory.open(directory.resolve(to));
    }

    private static double distance(Checkpoint one, Checkpoint other) {
        try (Scope scope = Scope.open()) {
            Parameters first = one.load();
            Parameters second = other.load();
            return first.names().stream().mapToDouble(name -> first.get(name).to(DType.FLOAT64)
                    .subtract(second.get(name).to(DType.FLOAT64)).abs().max()).max().orElseThrow();
        }
    }

    private static UnaryOperator<Parameters> noise(double size) {
        Random random = Random.seeded(3);
        return model -> model.mapNamed((_, tensor) ->
                tensor.add(random.normal(DType.FLOAT32, tensor.shape()).multiply(size)));
    }

    @Test
    void theMergeWithAScrambledCopyIsTheModelWhenAlignedAndAnotherWhenNot() {
        Checkpoint a = models.llama("a", 1).checkpoint();
        scrambled("a", "b");

        Merge.Done done = merges.merge(Merges.mean("a", "b"), Merges.settings(true, true));

        assertThat(done.verified()).isTrue();
        assertThat(done.sources().getLast().carried().orElseThrow().isMoved()).isTrue();
        assertThat(distance(merges.out(), a)).isLessThan(1e-5);
        new Merge(Merges.mean("a", "b"), Merges.settings(false, false)).write(
                Map.of("a", directory.resolve("a"), "b", directory.resolve("b")), models.out("plain"),
                WorkObserver.SILENT);
        assertThat(distance(Checkpoint.open(directory.resolve("plain")), a)).isGreaterThan(0.01);
    }

    @Test
    void modelsOfOneBaseAreNotMovedAndMergeToTheSameBits() {
        models.llama("a", 1);
        models.llama("b", 1, noise(0.001));

        Merge.Done done = merges.merge(Merges.mean("a", "b"), Merges.settings(true, true));

        assertThat(done.sources().getLast().carried().orElseThrow().isMoved()).isFalse();
        new Merge(Merges.mean("a", "b"), Merges.settings(false, false)).write(
                Map.of("a", directory.resolve("a"), "b", directory.resolve("b")), models.out("plain"),
                WorkObserver.SILENT);
        assertThat(Models.same(ModelDirectory.open(directory.resolve("plain")),
                ModelDirectory.open(directory.resolve("out")))).isTrue();
    }

    @Test
    void aFamilyThatIsNotKnownIsMergedAsItIsAndRefusedWhereAlignmentIsInsistedOn() throws IOException {
        try (Scope scope = Scope.open()) {
            ObjectNode config = new ObjectMapper().createObjectNode().put("model_type", "zamba2");
            for (double value : new double[] {1, 3}) {
                Checkpoint.write(directory.resolve("m" + (int) value), config, Parameters.of(Map.of(
                        "layers.0.mixer.weight", Tensor.ones(DType.FLOAT32, 2, 3).multiply(value))), Map.of());
            }
        }

        Merge.Done done = merges.merge(Merges.mean("m1", "m3"), Merges.settings(true, false));

        assertThat(done.stream()).isEmpty();
        assertThat(done.unaligned().orElseThrow()).contains("zamba2");
        try (Scope scope = Scope.open()) {
            assertThat(merges.out().load().get("layers.0.mixer.weight").toFloats()).containsOnly(2);
        }
        assertThatThrownBy(() -> merges.merge(Merges.mean("m1", "m3"), new Merge.Settings(
                Merges.settings(true, true).alignment(), Merge.Measuring.NONE, VocabularyRule.EQUAL,
                Optional.empty(), 0,
                false, MemoryPlan.ofMachine()))).isInstanceOf(WorkFailure.class);
    }

    @Test
    void aTiedHeadStaysTied() {
        ObjectNode tied = SmallConfigs.of("llama").put("tie_word_embeddings", true);
        models.write("a", tied, 1, model -> model);
        models.write("b", tied, 2, model -> model);

        merges.merge(Merges.mean("a", "b"), Merges.settings(false, false));

        assertThat(merges.out().tensors()).doesNotContainKey("lm_head.weight");
        assertThat(merges.out().config().get("tie_word_embeddings").booleanValue()).isTrue();
    }

    @Test
    void shardsAreAsLargeAsAskedForAndTheirIndexTellsTheTotal() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);

        merges.merge(Merges.mean("a", "b"),
                Merges.with(VocabularyRule.EQUAL, Optional.of(4096L), MemoryPlan.ofMachine()));

        long total = merges.out().tensors().values().stream().mapToLong(layout -> layout.bytes()).sum();
        assertThat(new ObjectMapper().readTree(directory.resolve("out/model.safetensors.index.json").toFile())
                .at("/metadata/total_size").longValue()).isEqualTo(total);
        assertThat(Files.size(directory.resolve("out/model-00002-of-" + last() + ".safetensors"))).isLessThan(8192);
    }

    private String last() throws IOException {
        try (var files = Files.list(directory.resolve("out"))) {
            return "%05d".formatted(files.filter(file -> file.toString().endsWith(".safetensors")).count());
        }
    }

    @Test
    void vocabulariesOfOtherHeightAreRefusedCutOrUnited() {
        Checkpoint a = models.llama("a", 1).checkpoint();
        long tokens = a.tensors().get(EMBEDDING).shape()[0];
        ObjectNode larger = SmallConfigs.of("llama").put("vocab_size", tokens + 2);
        Checkpoint b = models.write("b", larger, 2, model -> model).checkpoint();

        assertThatThrownBy(() -> merges.merge(Merges.mean("a", "b"), Merges.settings(false, false)))
                .isInstanceOf(WorkFailure.class).hasMessageContainingAll("'first'", "'union'", EMBEDDING);
        merges.merge(Merges.mean("a", "b"),
                Merges.with(VocabularyRule.UNION, Optional.empty(), MemoryPlan.ofMachine()));

        try (Scope scope = Scope.open()) {
            Tensor merged = merges.out().load().get(EMBEDDING);
            Tensor second = b.load().get(EMBEDDING);
            assertThat(merged.length(0)).isEqualTo(tokens + 2);
            assertThat(merged.narrow(0, tokens, 2).sameAs(second.narrow(0, tokens, 2))).isTrue();
            assertThat(merged.narrow(0, 0, tokens).subtract(a.load().get(EMBEDDING)
                    .add(second.narrow(0, 0, tokens)).multiply(0.5)).abs().max()).isCloseTo(0, within(1e-6));
        }
        assertThat(merges.out().config().get("vocab_size").longValue()).isEqualTo(tokens + 2);
        new Merge(Merges.mean("a", "b"),
                Merges.with(VocabularyRule.FIRST, Optional.empty(), MemoryPlan.ofMachine())).write(
                Map.of("a", directory.resolve("a"), "b", directory.resolve("b")), models.out("cut"),
                WorkObserver.SILENT);
        assertThat(Checkpoint.open(directory.resolve("cut")).tensors().get(EMBEDDING).shape()[0]).isEqualTo(tokens);
    }

    @Test
    void stackedSlicesHaveTheirLayersNumberedAnewAndRunAsOneModel() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);
        int layers = SmallConfigs.of("llama").get("num_hidden_layers").intValue();

        merges.merge(merges.file("merge_method: passthrough\nslices:\n- sources:\n  - {model: a, layer_range: [0, "
                + layers + "]}\n- sources:\n  - {model: b, layer_range: [" + (layers - 1) + ", " + layers + "]}\n"),
                Merges.settings(false, false));

        assertThat(merges.out().config().get("num_hidden_layers").intValue()).isEqualTo(layers + 1);
        try (Scope scope = Scope.open()) {
            String moved = "model.layers.%d.mlp.up_proj.weight";
            assertThat(merges.out().load().get(moved.formatted(layers))
                    .sameAs(Checkpoint.open(directory.resolve("b")).load().get(moved.formatted(layers - 1)))).isTrue();
        }
        assertThat(ModelDirectory.open(directory.resolve("out")).network()).isPresent();
    }

    @Test
    void theTypeThatIsAskedForIsWrittenAndNamedInTheConfiguration() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);

        merges.merge(merges.file("merge_method: linear\nmodels:\n- model: a\n- model: b\nparameters: {weight: 1}\n"
                + "out_dtype: bfloat16\n"), Merges.settings(false, false));

        assertThat(merges.out().tensors().values()).allMatch(layout -> layout.type() == ElementType.BF16);
        assertThat(merges.out().config().get("dtype").textValue()).isEqualTo("bfloat16");
    }

    @Test
    void theCardNamesSourcesByDigestAndTheFilesOfTheTokenizerComeAlong() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);
        Files.writeString(directory.resolve("a/README.md"), "of a alone");
        Files.writeString(directory.resolve("a/tokenizer_config.json"), "{\"model_max_length\": 7}");
        Files.writeString(directory.resolve("a/generation_config.json"), "{}");

        Merge.Done done = merges.merge(Merges.mean("a", "b"), Merges.settings(false, false));

        assertThat(Files.readString(directory.resolve("out/README.md")))
                .contains("- \"a\"", "merge_method: linear",
                        done.sources().getFirst().digests().get("model.safetensors"))
                .doesNotContain("of a alone", directory.toString());
        assertThat(directory.resolve("out/tokenizer_config.json")).hasContent("{\"model_max_length\": 7}");
        assertThat(directory.resolve("out/generation_config.json")).exists();
    }

    private Checkpoint large(String name, long seed, UnaryOperator<Tensor> change) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, new ObjectMapper().createObjectNode().put("model_type", "zamba2"),
                    Parameters.of(Map.of("mixer.weight", change.apply(
                            Random.seeded(seed).normal(DType.FLOAT32, 333, 301)))), Map.of());
        }
        return Checkpoint.open(place);
    }

    @Test
    void aTensorOfManyBlocksIsMergedAsAWhole() {
        Checkpoint a = large("a", 1, tensor -> tensor);
        Checkpoint b = large("b", 2, tensor -> tensor);

        merges.merge(MergeConfiguration.of("linear", List.of("a", "b"), Optional.empty(), List.of("1", "3"), Map.of()),
                Merges.settings(false, false));

        try (Scope scope = Scope.open()) {
            Tensor expected = a.load().get("mixer.weight").to(DType.FLOAT64).multiply(0.25)
                    .add(b.load().get("mixer.weight").to(DType.FLOAT64).multiply(0.75)).to(DType.FLOAT32);
            assertThat(merges.out().load().get("mixer.weight").subtract(expected).abs().max()).isLessThan(1e-6);
        }
    }

    /** The other thread is in the midst of a block then, whose memory must not be freed yet. */
    @Test
    void aNumberThatIsNotFiniteInTheLastBlockIsFound() {
        large("a", 1, tensor -> tensor);
        large("b", 2, tensor -> {
            double[] numbers = tensor.toDoubles();
            numbers[numbers.length - 1] = Double.POSITIVE_INFINITY;
            return Tensor.of(numbers, tensor.shape()).to(DType.FLOAT32);
        });

        int before = Engine.threadsPerOperation();
        Engine.useThreadsPerOperation(2);
        try {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> merges.merge(Merges.mean("a", "b"), Merges.settings(false, false)))
                        .isInstanceOf(WorkFailure.class).hasMessageContaining("mixer.weight");
                assertThat(directory.resolve("out")).doesNotExist();
            }
        } finally {
            Engine.useThreadsPerOperation(before);
        }
    }

    @Test
    void aTemplateInTheFileStandsInPlaceOfTheTokenizersOwn() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);
        Files.writeString(directory.resolve("a/chat_template.jinja"), "{{ old }}");

        merges.merge(merges.file("merge_method: linear\nmodels:\n- model: a\n- model: b\nparameters: {weight: 1}\n"
                + "chat_template: '{{ new }}'\n"), Merges.settings(false, false));

        assertThat(directory.resolve("out/chat_template.jinja")).hasContent("{{ new }}");
    }
}

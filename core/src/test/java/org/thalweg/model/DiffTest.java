package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.SmallConfigs;
import org.thalweg.model.ConfigDifference.Effect;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

class DiffTest {
    private static final String QUERY = "model.layers.1.self_attn.q_proj.weight";

    @TempDir
    private Path directory;

    private Path write(String name, ObjectNode config, long seed, UnaryOperator<Parameters> change) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Parameters model = SmallConfigs.decoder(config).initialise(Random.seeded(seed));
            Checkpoint.write(place, config, change.apply(model), Map.of());
        }
        return place;
    }

    private Path llama(String name, UnaryOperator<Parameters> change) {
        return write(name, SmallConfigs.of("llama"), 1, change);
    }

    private Path llama(String name) {
        return llama(name, model -> model);
    }

    private Path configured(String name, UnaryOperator<ObjectNode> change) {
        return write(name, change.apply(SmallConfigs.of("llama")), 1, model -> model);
    }

    private Path tensors(String name, String family, Map<String, Tensor> tensors) {
        Path place = directory.resolve(name);
        Checkpoint.write(place, SmallConfigs.parse("{model_type: " + family + ", d_state: 4}"),
                Parameters.of(tensors), Map.of());
        return place;
    }

    private static Diff.Found diff(Path a, Path b) {
        return Diff.open(a, b).compare(WorkObserver.SILENT);
    }

    private static UnaryOperator<Parameters> at(String name, UnaryOperator<Tensor> change) {
        return model -> model.mapNamed((each, tensor) -> each.equals(name) ? change.apply(tensor) : tensor);
    }

    private static Effect effect(Diff.Found found, String field) {
        return found.config().stream().filter(each -> each.field().equals(field)).findFirst().orElseThrow().effect();
    }

    @Test
    void equalModelsDifferInNothing() {
        Diff.Found found = diff(llama("a"), llama("b"));
        assertThat(found.config()).isEmpty();
        assertThat(found.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.NONE);
        assertThat(found.tensors().inBoth()).isEqualTo(21).isEqualTo(found.tensors().measured().size());
        assertThat(found.tensors().worst()).isEmpty();
        assertThat(found.tensors().all().distance()).isZero();
        assertThat(found.tensors().all().cosine()).hasValue(1);
        assertThat(found.outlook()).isEqualTo(new MergeOutlook(true, true, List.of(), List.of(), Kinship.EQUAL,
                "the models are equal, number for number; a merge changes nothing."));
    }

    @Test
    void oneNumberThatChangedIsFound() {
        Diff.Found found = diff(llama("a"), llama("b", at(QUERY, tensor -> {
            double[] numbers = tensor.toDoubles();
            numbers[37] += 0.5;
            return Tensor.of(numbers, tensor.shape()).to(DType.FLOAT32);
        })));
        assertThat(found.tensors().worst()).singleElement().satisfies(tensor -> {
            assertThat(tensor.name()).isEqualTo(QUERY);
            assertThat(tensor.distance()).isCloseTo(0.5, within(1e-7));
        });
        assertThat(found.tensors().layers()).filteredOn(layer -> layer.distance() > 0)
                .extracting(WeightDistance::name).containsExactly("layers.1");
    }

    @Test
    void distancesAndCosinesAreThoseOfTheFiles() {
        Path a = llama("a");
        Path b = write("b", SmallConfigs.of("llama"), 2, model -> model);
        TensorDifference found = diff(a, b).tensors();
        double squares = 0;
        try (Scope scope = Scope.open()) {
            Parameters first = Checkpoint.open(a).load();
            Parameters second = Checkpoint.open(b).load();
            for (WeightDistance measured : found.measured()) {
                double[] one = first.get(measured.name()).toDoubles();
                double[] other = second.get(measured.name()).toDoubles();
                double distance = 0;
                double product = 0;
                double normA = 0;
                double normB = 0;
                for (int i = 0; i < one.length; i++) {
                    distance += (one[i] - other[i]) * (one[i] - other[i]);
                    product += one[i] * other[i];
                    normA += one[i] * one[i];
                    normB += other[i] * other[i];
                }
                squares += distance;
                assertThat(measured.distance()).isCloseTo(Math.sqrt(distance), within(1e-12));
                assertThat(measured.relative().orElseThrow()).isCloseTo(Math.sqrt(distance / normA), within(1e-12));
                assertThat(measured.cosine().orElseThrow())
                        .isCloseTo(product / Math.sqrt(normA * normB), within(1e-12));
            }
        }
        assertThat(found.all().distance()).isCloseTo(Math.sqrt(squares), within(1e-10));
        assertThat(found.layers()).extracting(WeightDistance::name)
                .containsExactly("embed_tokens", "lm_head", "norm", "layers.0", "layers.1");
        assertThat(found.worst()).hasSize(10).isSortedAccordingTo((one, other) ->
                Double.compare(other.relative().orElseThrow(), one.relative().orElseThrow()));
    }

    @Test
    void aTensorOfZerosHasNoRelativeDistanceAndNoCosine() {
        Path a = llama("a", at(QUERY, tensor -> tensor.multiply(0)));
        WeightDistance worst = diff(a, llama("b")).tensors().worst().getFirst();
        assertThat(worst.name()).isEqualTo(QUERY);
        assertThat(worst.relative()).isEmpty();
        assertThat(worst.cosine()).isEmpty();
    }

    @Test
    void aNoisyCopySharesTheBase() {
        Random random = Random.seeded(3);
        Diff.Found found = diff(llama("a"), llama("b", model -> model.mapNamed((name, tensor) ->
                tensor.add(random.normal(DType.FLOAT32, tensor.shape()).multiply(0.01)))));
        assertThat(found.outlook().kinship()).isEqualTo(Kinship.SHARED_BASE);
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().advice()).contains("share a base", "alignment will move nothing");
    }

    @Test
    void aScrambledCopyIsToBeAlignedFirst() {
        Path a = llama("a");
        new Scramble(7, Set.of(), 0).write(ModelDirectory.open(a), new Output(directory.resolve("b"), false));
        Diff.Found found = diff(a, directory.resolve("b"));
        assertThat(found.outlook().kinship()).isEqualTo(Kinship.INDEPENDENT);
        assertThat(found.outlook().alignable()).isTrue();
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().advice()).contains("share no basis", "'thalweg align " + a);
    }

    @Test
    void aLayerThatWasTrainedAnewIsNamed() {
        Path other = write("other", SmallConfigs.of("llama"), 2, model -> model);
        try (Scope scope = Scope.open()) {
            Parameters others = Checkpoint.open(other).load(name -> name.contains("layers.0."));
            Diff.Found found = diff(llama("a"), llama("b", model -> model.with(others)));
            assertThat(found.outlook().kinship()).isEqualTo(Kinship.MIXED);
            assertThat(found.outlook().advice()).contains("'layers.0'").doesNotContain("'layers.1'");
        }
    }

    @Test
    void fieldsThatTheNetworkComputesWithAreANote() {
        Diff.Found found = diff(llama("a"), configured("b", config ->
                config.put("rms_norm_eps", 1e-6).put("use_cache", true)));
        assertThat(found.config()).extracting(ConfigDifference::toString)
                .containsExactly("rms_norm_eps: 1.0E-5, 1.0E-6", "use_cache: absent, true");
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().warnings()).singleElement().asString()
                .contains("rms_norm_eps: 1.0E-5, 1.0E-6").doesNotContain("use_cache");
    }

    @Test
    void otherHeadsOfEqualShapesCannotBeMerged() {
        Diff.Found found = diff(llama("a"), configured("b", config ->
                config.put("num_attention_heads", 2).put("num_key_value_heads", 1).put("head_dim", 8)));
        assertThat(found.tensors().shapes()).isEmpty();
        assertThat(effect(found, "num_attention_heads")).isEqualTo(Effect.CHANGES_FUNCTION);
        assertThat(found.outlook().alignable()).isFalse();
        assertThat(found.outlook().mergeable()).isFalse();
        assertThat(found.outlook().reasons()).hasSize(2).anyMatch(reason -> reason.contains("the space 'layers.0."))
                .anyMatch(reason -> reason.contains("other heads or layers"));
        assertThat(found.outlook().advice()).isEmpty();
    }

    @Test
    void aMissingTensorIsNamed() {
        Path b = llama("b", model -> model.filter(name -> !name.equals(QUERY)));
        Diff.Found found = diff(llama("a"), b);
        assertThat(found.tensors().onlyInA()).containsExactly(QUERY);
        assertThat(found.tensors().onlyInB()).isEmpty();
        assertThat(found.tensors().measured()).hasSize(20);
        assertThat(found.outlook().alignable()).isFalse();
        assertThat(found.outlook().mergeable()).isFalse();
        assertThat(found.outlook().reasons()).containsExactly(
                found.outlook().reasons().getFirst(), "the models cannot be merged: " + b + " lacks 1 tensor that "
                        + directory.resolve("a") + " has: '" + QUERY + "'; merge models of one architecture and size.");
    }

    @Test
    void otherShapesAreNamedWithTheRowsOfTheEmbeddings() {
        Diff.Found found = diff(llama("a"), configured("b", config -> config.put("vocab_size", 15)));
        assertThat(found.tensors().shapes()).extracting(TensorDifference.Layouts::name)
                .containsExactlyInAnyOrder("lm_head.weight", "model.embed_tokens.weight");
        assertThat(found.rows().a()).hasValue(13);
        assertThat(found.rows().b()).hasValue(15);
        assertThat(found.outlook().mergeable()).isFalse();
        assertThat(found.outlook().reasons()).anyMatch(reason -> reason.contains(
                "[13, 16] in " + directory.resolve("a") + " but [15, 16]")
                && reason.endsWith("and 1 more; their embeddings have 13 and 15 rows, which "
                + "'merge --vocabulary first' or 'union' brings together."));
    }

    @Test
    void otherTypesAreANote() {
        Diff.Found found = diff(llama("a"), llama("b", model -> model.to(DType.BFLOAT16)));
        assertThat(found.tensors().types()).hasSize(21).allMatch(tensor ->
                tensor.a().type() == ElementType.F32 && tensor.b().type() == ElementType.BF16);
        assertThat(found.tensors().all().relative().orElseThrow()).isBetween(1e-4, 1e-2);
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().warnings()).singleElement().asString().startsWith("21 tensors have another type");
    }

    @Test
    void aHeadThatIsTheEmbeddingInOneModelAloneIsSaid() {
        Path a = configured("a", config -> config.put("tie_word_embeddings", true));
        Path b = llama("b");
        for (Diff.Found found : List.of(diff(a, b), diff(b, a))) {
            assertThat(found.outlook().mergeable()).isFalse();
            assertThat(found.outlook().reasons()).filteredOn(reason -> reason.contains("cannot be merged"))
                    .singleElement().asString().contains("the head of " + a + " is its embedding, that of " + b
                            + " is a tensor of its own, lm_head.weight");
        }
        assertThat(diff(a, b).ties()).isEqualTo(new Diff.Ties(List.of("model.embed_tokens.weight"), List.of()));
        assertThat(diff(a, b).tensors().onlyInB()).containsExactly("lm_head.weight");
    }

    @Test
    void aTiedHeadThatIsStoredTooDoesNotCount() {
        UnaryOperator<ObjectNode> tied = config -> config.put("tie_word_embeddings", true);
        Path a = configured("a", tied);
        Path b = write("b", tied.apply(SmallConfigs.of("llama")), 1, model -> model.with(Parameters.of(
                Map.of("lm_head.weight", model.get("model.embed_tokens.weight")))));
        Diff.Found found = diff(a, b);
        assertThat(found.tensors().onlyInB()).isEmpty();
        assertThat(found.outlook().kinship()).isEqualTo(Kinship.EQUAL);
    }

    @Test
    void expertsInOneTensorAreTheSameAsExpertsInTensorsOfTheirOwn() {
        Path a = write("a", SmallConfigs.of("mixtral"), 1, model -> model);
        Path b = write("b", SmallConfigs.of("mixtral"), 1, DiffTest::fused);
        assertThat(Checkpoint.open(b).tensors()).containsKey("model.layers.0.mlp.experts.gate_up_proj");
        Diff.Found found = diff(a, b);
        assertThat(found.tensors().onlyInA()).isEmpty();
        assertThat(found.tensors().onlyInB()).isEmpty();
        assertThat(found.outlook().kinship()).isEqualTo(Kinship.EQUAL);
    }

    private static Parameters fused(Parameters model) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(model.asMap());
        tensors.keySet().removeIf(name -> name.contains(".experts."));
        for (int layer = 0; layer < 2; layer++) {
            String experts = "model.layers." + layer + ".mlp.experts.";
            List<Tensor> gateUp = new ArrayList<>();
            List<Tensor> down = new ArrayList<>();
            for (int expert = 0; expert < 4; expert++) {
                gateUp.add(Tensor.concatenate(List.of(model.get(experts + expert + ".gate_proj.weight"),
                        model.get(experts + expert + ".up_proj.weight")), 0));
                down.add(model.get(experts + expert + ".down_proj.weight"));
            }
            tensors.put(experts + "gate_up_proj", Tensor.stack(gateUp, 0));
            tensors.put(experts + "down_proj", Tensor.stack(down, 0));
        }
        return Parameters.of(tensors);
    }

    @Test
    void anUnknownFamilyIsComparedByStoredNames() {
        try (Scope scope = Scope.open()) {
            Tensor weight = Random.seeded(1).normal(DType.FLOAT32, 4, 3);
            Path a = tensors("a", "mamba", Map.of("mixer.0.weight", weight));
            Path b = tensors("b", "mamba", Map.of("mixer.0.weight", weight.multiply(1.01)));
            MergeOutlook outlook = diff(a, b).outlook();
            assertThat(outlook.alignable()).isFalse();
            assertThat(outlook.mergeable()).isTrue();
            assertThat(outlook.kinship()).isEqualTo(Kinship.SHARED_BASE);
            assertThat(outlook.reasons()).hasSize(2).allSatisfy(reason -> assertThat(reason)
                    .startsWith("the models cannot be aligned: ").contains("model_type 'mamba', which is none of"));
            MergeOutlook other = diff(a, tensors("c", "mamba", Map.of("mixer.1.weight", weight))).outlook();
            assertThat(other.mergeable()).isFalse();
        }
    }

    @Test
    void ofAnUnknownFamilyOnlyNotesAreKnownToChangeNothing() {
        Map<String, Tensor> none = Map.of();
        Path a = tensors("a", "mamba", none);
        Path b = directory.resolve("b");
        Checkpoint.write(b, SmallConfigs.parse("{model_type: mamba, d_state: 8, torch_dtype: float16}"),
                Parameters.of(none), Map.of());
        Diff.Found found = diff(a, b);
        assertThat(effect(found, "d_state")).isEqualTo(Effect.UNKNOWN);
        assertThat(effect(found, "torch_dtype")).isEqualTo(Effect.SAME_FUNCTION);
        assertThat(found.outlook().warnings()).singleElement().asString().contains("d_state: 4, 8");
    }

    @Test
    void tensorsThatAreNoNumbersAreNamed() {
        Path b = llama("b", at(QUERY, tensor -> tensor.multiply(Double.NaN)));
        Diff.Found found = diff(llama("a"), b);
        assertThat(found.tensors().notFinite())
                .containsExactly(new TensorDifference.NotFinite(QUERY, false, true));
        assertThat(found.tensors().measured()).hasSize(20);
        assertThat(found.outlook().alignable()).isFalse();
        assertThat(found.outlook().mergeable()).isFalse();
        assertThat(found.outlook().reasons()).containsExactly("the models cannot be aligned or merged: " + b
                + " has a NaN or infinite number in the tensor '" + QUERY + "'; use a checkpoint from before the model "
                + "diverged.");
    }

    @Test
    void elementsThatCannotBeComputedWithAreComparedAsBytes() {
        Path a = shorts("a", 1);
        assertThat(diff(a, shorts("b", 1)).tensors().notMeasured()).containsExactly(new TensorDifference.NotMeasured(
                "x", "elements of type I16 cannot be computed with", true));
        Diff.Found other = diff(a, shorts("c", 2));
        assertThat(other.tensors().notMeasured().getFirst().equal()).isFalse();
        assertThat(other.outlook().mergeable()).isFalse();
    }

    private Path shorts(String name, int number) {
        Path place = directory.resolve(name);
        Map<String, TensorLayout> layouts = Map.of("x", new TensorLayout(ElementType.I16, new long[] {2, 2}));
        CheckpointContent content = new CheckpointContent(
                SmallConfigs.parse("{model_type: shorts}"), Map.of(), layouts, (_, receiver) ->
                receiver.accept(MemorySegment.ofArray(new short[] {1, 2, 3, (short) number})));
        CheckpointWriter.write(place, content, CheckpointOptions.defaults());
        return place;
    }

    @Test
    void quantisedWeightsCannotBeMerged() {
        try (Scope scope = Scope.open()) {
            Path a = tensors("a", "llama", Map.of("model.x.qweight", Tensor.of(new long[] {1, 2}, 2)));
            MergeOutlook outlook = diff(a, a).outlook();
            assertThat(outlook.mergeable()).isFalse();
            assertThat(outlook.reasons()).anyMatch(reason -> reason.startsWith("the models cannot be merged: " + a)
                    && reason.contains("'model.x.qweight' is quantised"));
        }
    }

    @Test
    void directoriesThatAreNoModelsAreRefused() throws IOException {
        Path a = llama("a");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> Diff.open(a, empty)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(empty + " has no config.json");
        assertThatThrownBy(() -> Diff.open(directory.resolve("nowhere"), a)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("there is no directory");
    }
}

package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.MlpFamily;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class ModelDirectoryTest {
    private static final String OWN = """
            name: pair
            ranges: [steps]
            spaces:
              - {name: inputs, group: none}
              - {name: 'hidden.{step}', group: permutation, where: {step: steps}}
            tensors:
              - {name: 'step.{step}.in', axes: ['hidden.{step}', inputs], where: {step: steps}}
              - {name: 'step.{step}.out', axes: [inputs, 'hidden.{step}'], where: {step: steps}}
            """;

    @TempDir
    private Path directory;

    private Path llama(String name, Function<ObjectNode, ObjectNode> config, Function<Parameters, Parameters> weights) {
        Path place = directory.resolve(name);
        Decoder decoder = SmallConfigs.decoder(SmallConfigs.of("llama"));
        try (Scope scope = Scope.open()) {
            Parameters parameters = weights.apply(decoder.initialise(Random.seeded(1)));
            Checkpoint.write(place, config.apply(SmallConfigs.of("llama")), parameters, Map.of());
        }
        return place;
    }

    private Path llama(String name) {
        return llama(name, config -> config, weights -> weights);
    }

    @Test
    void spacesOfManyLayersCollapseIntoPatterns() {
        List<SpaceFamily> families = SpaceFamily.of(ModelDirectory.open(llama("a")).architecture());
        assertThat(families).contains(
                new SpaceFamily("residual", new Group(GroupKind.SIGNED_PERMUTATION, 16), 1),
                new SpaceFamily("layers.*.attention.kv_groups.*.query_key", new Group(GroupKind.ROTARY_HALVES, 4), 4));
        assertThat(families.size()).isLessThan(15);
    }

    @Test
    void shardsAndCompanionsAreKept() throws IOException {
        Path plain = llama("plain");
        Path sharded = directory.resolve("sharded");
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");
        try (Scope scope = Scope.open()) {
            Checkpoint checkpoint = Checkpoint.open(plain);
            CheckpointWriter.write(sharded,
                    CheckpointContent.of(checkpoint.config(), checkpoint.load(), Map.of()),
                    CheckpointOptions.defaults().with(new Sharding.UpTo(4000))
                            .withCompanions(Map.of("tokenizer.json", tokenizer)));
        }
        Path once = directory.resolve("once");
        Path twice = directory.resolve("twice");
        new Scramble(1, Set.of(), 0).write(ModelDirectory.open(sharded), new Output(once, false));
        new Scramble(2, Set.of("permutation"), 0).write(ModelDirectory.open(once), new Output(twice, false));
        assertThat(twice.resolve("tokenizer.json")).hasContent("{}");
        for (String name : Checkpoint.open(sharded).tensors().keySet()) {
            assertThat(Checkpoint.open(twice).fileOf(name).getFileName())
                    .isEqualTo(Checkpoint.open(sharded).fileOf(name).getFileName());
        }
        assertThat(new FunctionComparison(1e-4, 8, 0)
                .compare(ModelDirectory.open(plain), ModelDirectory.open(twice)).verified()).isTrue();
        assertThat(Files.readString(twice.resolve(Scramble.ALIGNMENT))).doesNotContain("rotary");
    }

    @Test
    void imagesEnterTheMovedStreamAsTheirTokensDo() {
        Path place = directory.resolve("a");
        Decoder decoder = SmallConfigs.decoder(SmallConfigs.of("llama4"));
        String words = "language_model.model.embed_tokens.weight";
        String images = "multi_modal_projector.linear_1.weight";
        try (Scope scope = Scope.open()) {
            Parameters text = decoder.initialise(Random.seeded(1)).to(DType.FLOAT64);
            // Features that single out one token's embedding each: an image of a word must stay that word.
            Checkpoint.write(place, SmallConfigs.of("llama4"), text.with(Parameters.of(Map.of(
                    images, text.get(words).transpose(0, 1).contiguous(),
                    "vision_model.class_embedding", Tensor.ones(DType.FLOAT64, 5)))), Map.of());
            ModelDirectory model = ModelDirectory.open(place);
            new Scramble(1, Set.of(), 0).write(model, new Output(directory.resolve("b"), false));
            Parameters moved = Checkpoint.open(directory.resolve("b")).load();
            assertThat(moved.get(words).sameAs(text.get(words))).isFalse();
            assertThat(moved.get(images).sameAs(moved.get(words).transpose(0, 1).contiguous())).isTrue();
            assertThat(moved.get("vision_model.class_embedding").sameAs(Tensor.ones(DType.FLOAT64, 5))).isTrue();
            assertThat(NotCompared.tensors(model))
                    .containsExactlyInAnyOrder("vision_model.class_embedding", "multi_modal_projector.linear_1.weight");
        }
        assertThat(NotCompared.tensors(ModelDirectory.open(llama("b2")))).isEmpty();
    }

    @Test
    void copiesOfASharedEmbeddingStayCopies() {
        Path place = directory.resolve("a");
        SmallModels.Small small = SmallModels.copied();
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, small.config(), small.weights().apply(Random.seeded(1)), Map.of());
            new Scramble(1, Set.of(), 0).write(ModelDirectory.open(place), new Output(directory.resolve("b"), false));
            Parameters moved = Checkpoint.open(directory.resolve("b")).load();
            assertThat(SmallModels.COPIES).allMatch(name -> moved.get(name).sameAs(moved.get("shared.weight")));
            assertThat(moved.get("shared.weight").sameAs(
                    ModelDirectory.open(place).checkpoint().load().get("shared.weight"))).isFalse();
        }
        assertThat(ModelDirectory.open(place).tied()).containsExactly("shared.weight");
    }

    @Test
    void sizesOfAnMlpAreHeldAgainstItsTensors() {
        Path place = directory.resolve("mlp");
        MlpConfig config = new MlpConfig(List.of(5, 7, 3), UnitFunction.GELU);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, new MlpConfig(List.of(5, 8, 3), UnitFunction.GELU).toJson(),
                    MlpFamily.network(config).initialise(Random.seeded(1)), Map.of());
        }
        assertThatThrownBy(() -> ModelDirectory.open(place)).isInstanceOf(WorkFailure.class)
                .hasMessage(place + ": tensor 'fc.0.weight' has shape [7, 5] but its config.json asks for [8, 5].");
    }

    @Test
    void noiseHasTheStatedSize() {
        Path a = llama("a");
        new Scramble(1, Set.of("permutation"), 0.1)
                .write(ModelDirectory.open(a), new Output(directory.resolve("b"), false));
        try (Scope scope = Scope.open()) {
            Tensor before = Checkpoint.open(a).load().get("model.embed_tokens.weight");
            Tensor after = Checkpoint.open(directory.resolve("b")).load().get("model.embed_tokens.weight");
            double relative = after.subtract(before).norm() / before.norm();
            assertThat(relative).isBetween(0.08, 0.12);
        }
    }

    @Test
    void nothingIsOverwrittenUnasked() throws IOException {
        ModelDirectory a = ModelDirectory.open(llama("a"));
        Path b = llama("b");
        Scramble scramble = new Scramble(1, Set.of(), 0);
        assertThatThrownBy(() -> scramble.write(a, new Output(b, false)))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(b + " exists already; choose another place or allow 'overwrite'.");
        scramble.write(a, new Output(b, true));
        assertThat(b.resolve(Scramble.ALIGNMENT)).exists();
        assertThatThrownBy(() -> scramble.write(a, new Output(directory.resolve("a"), true)))
                .isInstanceOf(WrongUse.class).hasMessageContaining("would delete");
        Path letters = Files.createDirectory(directory.resolve("letters"));
        Files.writeString(letters.resolve("dear.txt"), "friend");
        assertThatThrownBy(() -> scramble.write(a, new Output(letters, true)))
                .hasMessage(letters + " holds 'dear.txt' and no model, so it is not overwritten; choose another "
                        + "place.");
    }

    @Test
    void namesWhatDoesNotFit() {
        Path hole = llama("hole", config -> config,
                weights -> weights.filter(name -> !name.equals("model.layers.1.mlp.up_proj.weight")));
        assertThatThrownBy(() -> ModelDirectory.open(hole)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(hole + ": the tensor 'model.layers.1.mlp.up_proj.weight' is missing");
        Path layer = llama("layer", config -> config, weights -> weights.filter(name -> !name.contains("layers.1.")));
        assertThatThrownBy(() -> ModelDirectory.open(layer))
                .hasMessageMatching(".*the tensor 'model\\.layers\\.1\\.\\S+' is missing, as are 'model\\.layers\\.1.*"
                        + "' and 4 more: every model of the architecture 'llama' .*");
        Path two = llama("two", config -> config, weights -> weights.with(Parameters.of(
                Map.of("a", weights.get("model.norm.weight"), "b", weights.get("model.norm.weight")))));
        assertThatThrownBy(() -> ModelDirectory.open(two))
                .hasMessageMatching(".*'[ab]' is unknown to the architecture 'llama', as is '[ab]'; use .*");
        Path more = llama("more", config -> config, weights -> weights.with(
                Parameters.of(Map.of("model.extra", weights.get("model.norm.weight")))));
        assertThatThrownBy(() -> ModelDirectory.open(more))
                .hasMessageStartingWith(more + ": the tensor 'model.extra' is unknown");
        Path mamba = llama("mamba", config -> config.put("model_type", "mamba"), weights -> weights);
        assertThatThrownBy(() -> ModelDirectory.open(mamba))
                .hasMessageStartingWith(mamba + ": config.json says model_type 'mamba', which is none of the families")
                .hasMessageEndingWith("another family needs a specification file that describes its architecture.");
        Path nameless = llama("nameless", config -> config.without("model_type"), weights -> weights);
        assertThatThrownBy(() -> ModelDirectory.open(nameless)).hasMessageContaining("has no 'model_type'");
        Path deep = llama("deep", config -> config.put("num_hidden_layers", 2_000_000_000), weights -> weights);
        assertThatThrownBy(() -> ModelDirectory.open(deep)).hasMessageContaining("2000000000 as 'num_hidden_layers'");
    }

    @Test
    void weightsThatAreNoNumbersAreNamed() {
        ModelDirectory nan = ModelDirectory.open(llama("nan", config -> config, weights -> weights.mapNamed(
                (name, tensor) -> name.equals("model.norm.weight") ? tensor.multiply(Double.NaN) : tensor)));
        assertThatThrownBy(() -> new Scramble(1, Set.of(), 0).write(nan, new Output(directory.resolve("b"), false)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("model.norm.weight").hasMessageContaining("NaN");
        assertThat(directory.resolve("b")).doesNotExist();
        assertThatThrownBy(() -> new FunctionComparison(1e-4, 8, 0).compare(nan, nan))
                .hasMessageContaining("model.norm.weight");
    }

    @Test
    void aUsersOwnSpecificationTakesItsRangesFromTheConfiguration() throws IOException {
        Path spec = Files.writeString(directory.resolve("own.yaml"), OWN);
        Path place = directory.resolve("own");
        ObjectNode config = SmallConfigs.of("llama").removeAll();
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Parameters weights = Parameters.of(Map.of(
                    "step.0.in", random.normal(DType.FLOAT32, 5, 3),
                    "step.0.out", random.normal(DType.FLOAT32, 3, 5)));
            Checkpoint.write(place, config.put("steps", 1), weights, Map.of());
            Checkpoint.write(directory.resolve("lacking"), config.without("steps"), weights, Map.of());
        }
        ModelDirectory model = ModelDirectory.open(place, Optional.of(spec));
        assertThat(model.architecture().space("hidden.0").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 5));
        assertThat(model.network()).isEmpty();
        assertThatThrownBy(() -> new FunctionComparison(1e-4, 8, 0).compare(model, model))
                .hasMessageContaining("whose network is not built in");
        assertThatThrownBy(() -> ModelDirectory.open(directory.resolve("lacking"), Optional.of(spec)))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("needs the range 'steps'");
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), OWN.replace("axes", "axis"));
        assertThatThrownBy(() -> ModelDirectory.open(place, Optional.of(wrong)))
                .isInstanceOf(WrongUse.class).hasMessageContaining("line 7").hasMessageContaining("'axis'");
    }
}

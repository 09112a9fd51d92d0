package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.SmallConfigs;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

class AlignTest {
    private static final String OWN = """
            name: pair
            spaces:
              - {name: inputs, group: none}
              - {name: hidden, group: permutation}
            tensors:
              - {name: in, axes: [hidden, inputs]}
              - {name: out, axes: [inputs, hidden]}
            """;

    @TempDir
    private Path directory;

    private Models models;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
    }

    private static Align align(boolean unchecked) {
        return align(ResidualMatching.AUTO, unchecked);
    }

    private static Align align(ResidualMatching residual, boolean unchecked) {
        return new Align(
                new WeightMatching(
                        new WeightMatchSettings(ExpertOrdering.BEST, residual, MatchingGauge.BALANCED_DISCRETE)),
                new Checking(OptionalDouble.empty(), 8, 0, unchecked));
    }

    private static Align.Done write(ModelDirectory a, ModelDirectory b, Output output) {
        return align(false).write(a, b, output, WorkObserver.SILENT);
    }

    private void refused(ModelDirectory a, ModelDirectory b, String... parts) {
        assertThatThrownBy(() -> write(a, b, models.out("refused")))
                .isInstanceOf(WorkFailure.class).hasMessageContainingAll(parts);
        assertThat(directory.resolve("refused")).doesNotExist();
    }

    @Test
    void aModelAlignedToItselfStaysAsItIs() {
        ModelDirectory a = models.llama("a", 1);
        Align.Done done = write(a, a, models.out("out"));
        assertThat(done.match().alignment().elements()).isEmpty();
        assertThat(done.layers()).isNotEmpty().allSatisfy(layer -> {
            assertThat(layer.before()).isZero();
            assertThat(layer.after()).isZero();
            assertThat(layer.norm()).isPositive();
        });
        Checking.Checked found = done.checked().orElseThrow();
        assertThat(found.verified()).isTrue();
        assertThat(found.written().verification().tolerance()).isEqualTo(1e-9);
        assertThat(done.differences()).isEmpty();
        assertThat(Models.same(a, ModelDirectory.open(directory.resolve("out")))).isTrue();
    }

    @Test
    void distancesAreThoseOfTheFiles() {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.llama("b", 2);
        Align.Done done = align(ResidualMatching.PERMUTATION, false)
                .write(a, b, models.out("out"), WorkObserver.SILENT);
        assertThat(done.layers().stream().map(LayerDistance::layer))
                .containsExactly("embed_tokens", "lm_head", "norm", "layers.0", "layers.1");
        Map<String, String> inFiles = Map.of("embed_tokens", "model.embed_tokens.", "lm_head", "lm_head.",
                "norm", "model.norm.", "layers.0", "model.layers.0.", "layers.1", "model.layers.1.");
        ModelDirectory out = ModelDirectory.open(directory.resolve("out"));
        for (LayerDistance layer : done.layers()) {
            String prefix = inFiles.get(layer.layer());
            assertThat(layer.before()).isCloseTo(distance(a, b, prefix), within(1e-9));
            assertThat(layer.after()).isCloseTo(distance(a, out, prefix), within(1e-9));
        }
        assertThat(new FunctionComparison(1e-9, 8, 3).compare(b, out).verified()).isTrue();
    }

    private static double distance(ModelDirectory one, ModelDirectory other, String prefix) {
        double sum = 0;
        try (Scope scope = Scope.open()) {
            Parameters first = one.checkpoint().load(name -> name.startsWith(prefix)).to(DType.FLOAT64);
            Parameters second = other.checkpoint().load(first::contains).to(DType.FLOAT64);
            for (String name : first.names()) {
                for (double number : first.get(name).subtract(second.get(name)).toDoubles()) {
                    sum += number * number;
                }
            }
        }
        return Math.sqrt(sum);
    }

    @Test
    void whatIsWrittenIsBesideTheAlignmentThatCarriedIt() throws IOException {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory plain = models.llama("plain", 2);
        Path sharded = directory.resolve("b");
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");
        Path stale = Files.writeString(directory.resolve(Scramble.ALIGNMENT), "stale");
        try (Scope scope = Scope.open()) {
            CheckpointWriter.write(sharded,
                    CheckpointContent.of(plain.checkpoint().config(), plain.checkpoint().load(), Map.of("by", "me")),
                    CheckpointOptions.defaults().with(new Sharding.UpTo(4000))
                            .withCompanions(Map.of("tokenizer.json", tokenizer, Scramble.ALIGNMENT, stale)));
        }
        ModelDirectory b = ModelDirectory.open(sharded);
        align(ResidualMatching.PERMUTATION, false).write(a, b, models.out("out"), WorkObserver.SILENT);
        Path place = directory.resolve("out");
        Checkpoint out = Checkpoint.open(place);
        assertThat(place.resolve("tokenizer.json")).hasContent("{}");
        assertThat(out.config()).isEqualTo(b.checkpoint().config());
        assertThat(out.metadata()).containsEntry("by", "me").containsEntry("thalweg.align.reference", "a")
                .containsEntry("thalweg.align.maps", "discrete");
        b.checkpoint().tensors().keySet().forEach(name -> assertThat(out.fileOf(name).getFileName())
                .isEqualTo(b.checkpoint().fileOf(name).getFileName()));
        new Apply(false, align(false).checking())
                .write(place.resolve(Scramble.ALIGNMENT), b, models.out("again"), WorkObserver.SILENT);
        assertThat(Models.same(ModelDirectory.open(place), ModelDirectory.open(directory.resolve("again")))).isTrue();
        assertThat(AlignmentFile.read(place.resolve(Scramble.ALIGNMENT), b.architecture()).architecture())
                .isEqualTo(a.architecture());
    }

    @Test
    void bKeepsItsTypes() {
        ModelDirectory a = models.llama("a", 1, model -> model.to(DType.FLOAT64));
        ModelDirectory b = models.llama("b", 2, model -> model.mapNamed(
                (name, tensor) -> tensor.to(name.contains("norm") ? DType.FLOAT32 : DType.BFLOAT16)));
        write(a, b, models.out("out"));
        Checkpoint out = Checkpoint.open(directory.resolve("out"));
        assertThat(out.tensors()).isEqualTo(b.checkpoint().tensors());
        assertThat(out.tensors().get("model.layers.0.self_attn.q_proj.weight").type()).isEqualTo(ElementType.BF16);
    }

    @Test
    void modelsOfAnotherKindAreRefused() {
        ModelDirectory a = models.llama("a", 1);
        refused(a, models.write("gpt2", SmallConfigs.of("gpt2"), 1, model -> model),
                "different architectures", "a is 'llama'", "gpt2 is 'gpt2'");
        refused(a, models.write("words", SmallConfigs.of("llama").put("vocab_size", 14), 1, model -> model),
                "'model.embed_tokens.weight' has the shape [13, 16] in", "but [14, 16] in");
        refused(a, models.write("wide", SmallConfigs.of("llama").put("intermediate_size", 12), 1, model -> model),
                ".mlp.", "12");
        refused(a, models.write("deep", SmallConfigs.of("llama").put("num_hidden_layers", 3), 1, model -> model),
                "deep has the tensor 'model.layers.2.", "a has not, and 8 more");
        refused(a, models.write("heads", SmallConfigs.of("llama").put("num_attention_heads", 2)
                        .put("num_key_value_heads", 1).put("head_dim", 8), 1, model -> model),
                "the space 'layers.0.attention.kv_groups' is permutation of 2 in", "but permutation of 1 in",
                "their config.json differ");
        refused(models.write("six", SmallConfigs.of("mixtral").put("num_local_experts", 6), 1, model -> model),
                models.write("four", SmallConfigs.of("mixtral"), 1, model -> model), "the models cannot be aligned: ",
                "[6, 16]", "[4, 16]");
    }

    @Test
    void configurationsThatDifferWhereNetworksDoAreTold() {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.write("b", SmallConfigs.of("llama").put("rms_norm_eps", 1e-6)
                .put("transformers_version", "5"), 1, model -> model);
        assertThat(write(a, b, models.out("out")).differences()).containsExactly("rms_norm_eps: 1.0E-5, 1.0E-6");
    }

    @Test
    void nothingIsOverwrittenUnasked() {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.llama("b", 2);
        models.llama("there", 3);
        assertThatThrownBy(() -> write(a, b, models.out("there"))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("there exists already").hasMessageContaining("allow 'overwrite'");
        for (String source : List.of("a", "b")) {
            assertThatThrownBy(() -> write(a, b, new Output(directory.resolve(source), true)))
                    .isInstanceOf(WrongUse.class).hasMessageContaining("would delete " + directory.resolve(source));
        }
        write(a, b, new Output(directory.resolve("there"), true));
        assertThat(directory.resolve("there").resolve(Scramble.ALIGNMENT)).exists();
    }

    @Test
    void weightsThatAreNoNumbersAreNamed() throws IOException {
        ModelDirectory good = models.llama("good", 1);
        ModelDirectory bad = models.llama("bad", 1, model -> model.mapNamed((name, tensor) ->
                name.equals("model.norm.weight") ? tensor.multiply(Double.POSITIVE_INFINITY) : tensor));
        refused(good, bad, "bad", "model.norm.weight", "[0]");
        refused(bad, good, "bad", "model.norm.weight", "[0]");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("good", "bad");
        }
    }

    @Test
    void withoutANetworkThereIsNoCheckAndOnlyTheAskedForFile() throws IOException {
        Path spec = Files.writeString(directory.resolve("own.yaml"), OWN);
        for (String name : List.of("a", "b")) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(name.length());
                Checkpoint.write(directory.resolve(name), SmallConfigs.of("llama").removeAll(), Parameters.of(Map.of(
                        "in", random.normal(DType.FLOAT32, 5, 3), "out", random.normal(DType.FLOAT32, 3, 5))),
                        Map.of());
            }
        }
        ModelDirectory a = ModelDirectory.open(directory.resolve("a"), Optional.of(spec));
        ModelDirectory b = ModelDirectory.open(directory.resolve("b"), Optional.of(spec));
        refused(a, b, "cannot be checked", "family 'unnamed'", "allow 'unchecked'");
        Align.Done done = align(true).write(a, b, models.out("out"), WorkObserver.SILENT);
        assertThat(done.checked()).isEmpty();
        assertThat(done.layers()).hasSize(2);
        assertThat(directory.resolve("out").resolve(Scramble.ALIGNMENT)).exists();
    }

    @Test
    void theObserverSeesEveryTensorOfEveryWork() {
        ModelDirectory a = models.llama("a", 1);
        List<String> seen = new ArrayList<>();
        align(false).write(a, a, models.out("out"), new WorkObserver() {
            @Override
            public void began(String work, long tensors) {
                seen.add(work + " " + tensors);
            }

            @Override
            public void reached(long tensors) {
                seen.set(seen.size() - 1, seen.getLast().replaceAll(" \\d+$", "") + " " + tensors);
            }
        });
        int all = a.checkpoint().tensors().size();
        // Balancing needs no embeddings, matching neither those nor gains: both are shorter than planned.
        assertThat(seen).containsExactly("reading " + all, "reading " + all,
                "comparing the residual streams 7", "balancing A 17", "balancing B 17", "matching 14",
                "choosing scales " + all, "checking " + all, "measuring " + all, "writing " + all);
    }
}

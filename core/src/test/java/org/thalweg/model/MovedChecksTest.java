package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.equivalence.FixedRouting;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Scaling;
import org.thalweg.network.Probes;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** What is checked before a moved model is written, and how closely. */
class MovedChecksTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    private Path directory;

    private Models models;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
    }

    /** A Llama with so many tokens that a few random texts meet few of them. */
    private ModelDirectory wordy(String name, UnaryOperator<Parameters> change) {
        ObjectNode config = SmallConfigs.of("llama").put("vocab_size", 3000).put("num_hidden_layers", 1);
        return models.write(name, config, 1, change);
    }

    private static UnaryOperator<Parameters> withoutRow(String tensor, int row) {
        return model -> model.mapNamed((name, weights) -> name.equals(tensor) ? withoutRow(weights, row) : weights);
    }

    private static Tensor withoutRow(Tensor weights, int row) {
        Tensor kept = Tensor.ones(weights.dtype(), weights.length(0), 1)
                .scatter(0, Tensor.of(new long[] {row}, 1, 1), 0);
        return weights.multiply(kept);
    }

    @Test
    void aSingleRowOfTheEmbeddingIsMet() {
        ModelDirectory a = wordy("a", model -> model);
        ModelDirectory b = wordy("b", withoutRow(EMBEDDING, 1234));
        FunctionComparison comparison = new FunctionComparison(1e-4, 4, 0);
        assertThat(comparison.compare(a, b).verified()).isFalse();
        Probes inputs = comparison.inputs(a);
        assertThat(NotCompared.between(a, b, inputs)).isEmpty();
        assertThat(inputs.inputs()).isEqualTo(125);
        Probes few = a.inputs().random(4, 0);
        assertThat(comparison.compare(a, b, few).verification().verified()).isTrue();
        assertThat(NotCompared.between(a, b, few)).hasSize(1).allSatisfy(told -> assertThat(told)
                .matches("29\\d\\d of 3000 rows of model\\.embed_tokens\\.weight, which no input meets"));
    }

    @Test
    void rowsOfATiedEmbeddingAreMetByEveryOutput() {
        ModelDirectory gpt2 = models.write("gpt2", SmallConfigs.of("gpt2").put("n_positions", 40), 1, model -> model);
        Probes inputs = new FunctionComparison(1e-4, 2, 0).inputs(gpt2);
        assertThat(NotCompared.between(gpt2, gpt2, inputs))
                .containsExactly("16 of 40 rows of transformer.wpe.weight, which no input meets");
    }

    @Test
    void rowsThatNoInputMeetsAreComparedDirectlyWhereTheAlignmentIsKnown() {
        ModelDirectory model = wordy("a", weights -> weights);
        Alignment alignment = model.architecture().random(Random.seeded(2));
        try (Scope scope = Scope.open();
                CheckpointReader reader = model.reader()) {
            MovedModel moved = new MovedModel(model, reader, alignment);
            assertThatCode(() -> SampledRows.require(moved, moved::exact, 1e-9)).doesNotThrowAnyException();
            TensorReader damaged = name -> name.equals(EMBEDDING)
                    ? withoutRow(moved.exact(name), 2345) : moved.exact(name);
            assertThatThrownBy(() -> SampledRows.require(moved, damaged, 5e-2)).isInstanceOf(WorkFailure.class)
                    .hasMessage("row 2345 of the moved tensor 'model.embed_tokens.weight' is not the source's when it "
                            + "is moved back: it differs by 1.00 of its length where 0.05 is allowed; nothing was "
                            + "written.");
        }
    }

    @Test
    void onlyTensorsThatTheNetworkReadsDecideTheTolerance() {
        ModelDirectory plain = models.llama("plain", 1);
        ModelDirectory buffers = models.llama("buffers", 1, model -> model.with(Parameters.of(Map.of(
                "model.layers.0.self_attn.rotary_emb.inv_freq", Tensor.ones(DType.BFLOAT16, 2)))));
        assertThat(FunctionComparison.usualTolerance(plain, buffers)).isEqualTo(1e-4);
        ModelDirectory half = models.llama("half", 1, model -> model.mapNamed((name, tensor) ->
                name.equals("model.norm.weight") ? tensor.to(DType.BFLOAT16) : tensor));
        assertThat(FunctionComparison.usualTolerance(plain, half)).isEqualTo(5e-2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "qwen2_moe", "deepseek_v3", "llama"})
    void weightsOfSixteenBitsAreScrambledByWhatStoresExactly(String family) {
        for (DType type : List.of(DType.BFLOAT16, DType.FLOAT16)) {
            ModelDirectory model = models.write(family + type, SmallConfigs.of(family), 1, weights -> weights.to(type));
            Scramble.Done done = new Scramble(3, Set.of(), 0.02).write(model, models.out("b" + family + type));
            assertThat(done.exactly()).isTrue();
            assertThat(done.rounding()).isZero();
            assertThat(done.checked().orElseThrow().written().verification().tolerance()).isEqualTo(1e-9);
            assertThat(done.kinds()).contains("permutation").doesNotContain("rotary", "invertible", "translation");
            assertThat(done.alignment().elements().values().stream().flatMapToDouble(element -> switch (element) {
                case Scaling(double[] factors) -> Arrays.stream(factors);
                default -> DoubleStream.empty();
            })).isNotEmpty().allMatch(factor -> Math.abs(factor)
                    == (type == DType.FLOAT16 ? 1 : Math.scalb(1.0, Math.getExponent(factor))));
        }
    }

    @Test
    void theRestIsThereForTheAsking() {
        ModelDirectory model = models.llama("a", 1, weights -> weights.to(DType.BFLOAT16));
        Scramble.Done done = new Scramble(3, Set.of(Scramble.ALL), 0).write(model, models.out("b"));
        assertThat(done.exactly()).isFalse();
        assertThat(done.rounding()).isPositive();
        assertThat(done.kinds()).contains("rotary");
        assertThatThrownBy(() -> new Scramble(3, Set.of(Scramble.ALL, "rotary"), 0)).isInstanceOf(WrongUse.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "qwen3_moe", "olmoe"})
    void choicesOfExpertsThatRoundingFlipsAreToldFromFaults(String family) {
        ModelDirectory model = models.write("a", SmallConfigs.of(family), 1, weights -> weights.to(DType.BFLOAT16));
        Checking.Checked found = new Scramble(3, Set.of(Scramble.ALL), 0).write(model, models.out("b"),
                new Checking(OptionalDouble.empty(), 256, 0, false), WorkObserver.SILENT).checked().orElseThrow();
        FixedRouting fixed = found.written().fixedRouting().orElseThrow();
        assertThat(found.verified()).isTrue();
        assertThat(found.written().verification().maxRelDifference()).isGreaterThan(5e-2);
        assertThat(fixed.verification().maxRelDifference()).isLessThan(5e-2);
        assertThat(fixed.share()).isBetween(1e-5, 5e-2);
    }

    @Test
    void noiseIsCheckedAgainstTheNoisySource() {
        ModelDirectory model = models.llama("a", 1);
        Scramble.Done done = new Scramble(3, Set.of("permutation"), 0.5).write(model, models.out("b"));
        assertThat(done.rounding()).isZero();
        assertThat(done.checked().orElseThrow().written().verification().maxRelDifference()).isLessThan(1e-9);
        assertThat(new FunctionComparison(1e-4, 4, 0)
                .compare(model, ModelDirectory.open(directory.resolve("b"))).verified()).isFalse();
    }

    @Test
    void aBufferThatTheNetworkReadsIsRefused() throws IOException {
        ModelDirectory model = models.llama("a", 1);
        Path spec = Files.writeString(directory.resolve("own.yaml"),
                models.freeAxes(model, Set.of("model.norm.weight")) + "ignore: [model.norm.weight]\n");
        assertThatThrownBy(() -> ModelDirectory.open(model.checkpoint().directory(), Optional.of(spec)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("ignores the tensor 'model.norm.weight' as a buffer, but the network reads it");
    }

    @Test
    void aModelThatCannotBeCheckedIsWrittenOnlyWhenThatIsAllowed() throws IOException {
        Path spec = Files.writeString(directory.resolve("own.yaml"), """
                name: pair
                spaces:
                  - {name: inputs, group: none}
                  - {name: hidden, group: permutation}
                tensors:
                  - {name: in, axes: [hidden, inputs]}
                  - {name: out, axes: [inputs, hidden]}
                """);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Checkpoint.write(directory.resolve("odd"), SmallConfigs.of("llama").removeAll(), Parameters.of(Map.of(
                    "in", random.normal(DType.FLOAT32, 5, 3), "out", random.normal(DType.FLOAT32, 3, 5))), Map.of());
        }
        ModelDirectory odd = ModelDirectory.open(directory.resolve("odd"), Optional.of(spec));
        Scramble scramble = new Scramble(1, Set.of(), 0);
        assertThatThrownBy(() -> scramble.write(odd, models.out("b"))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("allow 'unchecked'");
        Checking unchecked = new Checking(OptionalDouble.empty(), 4, 0, true);
        assertThat(scramble.write(odd, models.out("b"), unchecked, WorkObserver.SILENT).checked()).isEmpty();
    }

    @Test
    void configurationsAreTheSameWhereNetworksAre() {
        ModelDirectory one = switchModel("one", config -> config.put("dropout_rate", 0.1));
        ModelDirectory other = switchModel("other", config -> config.put("dropout_rate", 0.2)
                .put("layer_norm_epsilon", 1e-5).put("router_jitter_noise", 0.3).put("use_cache", true));
        assertThat(SameKind.differences(one, one)).isEmpty();
        assertThat(SameKind.differences(one, other)).containsExactly("layer_norm_epsilon: absent, 1.0E-5");
    }

    private ModelDirectory switchModel(String name, UnaryOperator<ObjectNode> change) {
        SmallModels.Small small =
                SmallModels.all().filter(model -> model.name().equals("switch")).findFirst().orElseThrow();
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory.resolve(name), change.apply(small.config().deepCopy()),
                    small.weights().apply(Random.seeded(1)), Map.of());
        }
        return ModelDirectory.open(directory.resolve(name));
    }
}

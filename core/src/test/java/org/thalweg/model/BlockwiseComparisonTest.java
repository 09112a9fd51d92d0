package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.family.SmallConfigs;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.Network;
import org.thalweg.network.Probes;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Models of which one block at a time is in memory. */
class BlockwiseComparisonTest {
    @TempDir
    private Path directory;

    private ModelDirectory write(String name, SmallModels.Small family, UnaryOperator<Parameters> change) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Parameters model = change.apply(family.weights().apply(Random.seeded(3)));
            Checkpoint.write(place, family.config(), model, Map.of());
        }
        return ModelDirectory.open(place);
    }

    static Stream<SmallModels.Small> cases() {
        return SmallModels.all();
    }

    private static SmallModels.Small named(String name) {
        return SmallModels.all().filter(model -> model.name().equals(name)).findFirst().orElseThrow();
    }

    private static double wholeDifference(ModelDirectory a, ModelDirectory b, Probes probes) {
        Network network = a.network().orElseThrow();
        double difference = 0;
        try (Scope scope = Scope.open()) {
            Parameters one = a.checkpoint().load().to(DType.FLOAT64);
            Parameters other = b.checkpoint().load().to(DType.FLOAT64);
            for (var batch : probes.batches()) {
                Tensor input = batch.get();
                difference = Math.max(difference,
                        network.forward(one, input).subtract(network.forward(other, input)).abs().max());
            }
        }
        return difference;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theNumbersAreThoseOfWholeEvaluations(SmallModels.Small family) {
        ModelDirectory a = write("a", family, model -> model);
        Path out = directory.resolve("b");
        new Scramble(5, Set.of(), 0.01).write(a, new Output(out, false));
        ModelDirectory b = ModelDirectory.open(out);
        Probes probes = a.network().orElseThrow().inputs().random(5, 1);
        Comparison found = new FunctionComparison(1e-9, 1, 0).compare(a, b, probes);
        assertThat(found.verification().maxAbsDifference()).isPositive().isEqualTo(wholeDifference(a, b, probes));
        assertThat(found.inputs()).isEqualTo(5);
    }

    @Test
    void aVitsToo() {
        VitConfig config = new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 2, 6, 3, Optional.of(
                new VitConfig.MoeLayers(List.of(1), new MoeConfig(4, new Gating.Sparse(2), List.of(5),
                        UnitFunction.RELU))));
        try (Scope scope = Scope.open()) {
            Parameters model = VitFamily.network(config).initialise(Random.seeded(2));
            Checkpoint.write(directory.resolve("a"), config.toJson(), model, Map.of());
            Checkpoint.write(directory.resolve("b"), config.toJson(), model.mapNamed((name, tensor) ->
                    name.contains("layer.1.attention.output") ? tensor.multiply(1.5) : tensor), Map.of());
        }
        ModelDirectory a = ModelDirectory.open(directory.resolve("a"));
        ModelDirectory b = ModelDirectory.open(directory.resolve("b"));
        Probes probes = a.network().orElseThrow().inputs().random(7, 1);
        Comparison found = new FunctionComparison(1e-9, 1, 0).compare(a, b, probes);
        assertThat(found.verification().maxAbsDifference()).isPositive().isEqualTo(wholeDifference(a, b, probes));
        assertThat(found.firstDifference()).hasValue("layer 1, attention");
    }

    @Test
    void theFirstBlockThatDiffersIsNamedWhereBlocksBeforeAgree() {
        SmallModels.Small llama = named("llama");
        assertThat(firstDifference(llama, "model.layers.1.mlp.down_proj.weight"))
                .hasValue("layer 1, feed-forward network");
        assertThat(firstDifference(llama, "model.layers.0.self_attn.v_proj.weight")).hasValue("layer 0, attention");
        assertThat(firstDifference(llama, "model.norm.weight")).hasValue("head");
        assertThat(firstDifference(llama, "model.embed_tokens.weight")).isEmpty();
    }

    private Optional<String> firstDifference(SmallModels.Small family, String changed) {
        ModelDirectory a = write("a" + changed, family, model -> model);
        ModelDirectory b = write("b" + changed, family, model -> model.mapNamed(
                (name, tensor) -> name.equals(changed) ? tensor.multiply(1.5) : tensor));
        FunctionComparison comparison = new FunctionComparison(1e-4, 3, 0);
        Probes probes = a.inputs().random(3, 0);
        assertThat(comparison.compare(a, a, probes).firstDifference()).isEmpty();
        return comparison.compare(a, b, probes).firstDifference();
    }

    @Test
    void readsEveryTensorOnceButATiedEmbedding() {
        ModelDirectory mistral = write("a", named("mistral"), model -> model);
        List<String> read = new ArrayList<>();
        try (CheckpointReader reader = mistral.checkpoint().reader()) {
            Verification found = new FunctionComparison(1e-9, 2, 0).compare(mistral, name -> {
                read.add(name);
                return reader.read(name);
            });
            assertThat(found.maxAbsDifference()).isZero();
        }
        assertThat(read).hasSize(mistral.checkpoint().tensors().size() + 1);
        assertThat(new HashSet<>(read)).isEqualTo(mistral.checkpoint().tensors().keySet());
    }

    @Test
    void modelsOfDifferentDepthAreCompared() {
        ModelDirectory two = write("two", named("llama"), model -> model);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory.resolve("one"), SmallConfigs.of("llama").put("num_hidden_layers", 1),
                    two.checkpoint().load().filter(name -> !name.contains("layers.1.")), Map.of());
        }
        ModelDirectory one = ModelDirectory.open(directory.resolve("one"));
        Comparison found = new FunctionComparison(1e-4, 2, 0).compare(two, one, two.inputs().random(2, 0));
        assertThat(found.verification().verified()).isFalse();
        assertThat(found.verification().maxAbsDifference()).isPositive();
        assertThat(found.firstDifference()).isEmpty();
    }
}

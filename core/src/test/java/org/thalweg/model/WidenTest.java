package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.ComparedModel;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Wider models of one function. */
class WidenTest {
    @TempDir
    private Path directory;

    /** Models of every family that is widened, GPT-2 and ViT with ReLU too. */
    static Stream<SmallModels.Small> dense() {
        return SmallModels.all()
                .filter(model -> List.of("llama", "mistral", "qwen2", "qwen3", "gpt2", "gpt2 untied", "vit")
                        .contains(model.name()))
                .flatMap(model -> model.name().startsWith("gpt2") || model.name().equals("vit")
                        ? Stream.of(model, relu(model)) : Stream.of(model));
    }

    private static SmallModels.Small relu(SmallModels.Small model) {
        ObjectNode config = model.config().deepCopy()
                .put(model.name().equals("vit") ? "hidden_act" : "activation_function", "relu");
        return new SmallModels.Small(model.name() + " relu", config, model.weights());
    }

    private static SmallModels.Small named(String name) {
        return SmallModels.all().filter(model -> model.name().equals(name)).findFirst().orElseThrow();
    }

    private ModelDirectory write(SmallModels.Small model, DType type) {
        Path place = directory.resolve("a" + model.name() + type);
        try (Scope scope = Scope.open()) {
            // Gains of 1 would hide one that is not folded.
            Parameters drawn = model.weights().apply(Random.seeded(3)).to(DType.FLOAT64);
            Random random = Random.seeded(4);
            Checkpoint.write(place, model.config(), drawn.mapNamed((_, tensor) ->
                    tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(0.1))).to(type), Map.of());
        }
        return ModelDirectory.open(place);
    }

    private Widen.Done widen(ModelDirectory model, String name, Widen widen) {
        return widen.write(model, new Output(directory.resolve(name), false), WorkObserver.SILENT);
    }

    private static Widen to(Integer residual, Integer hidden) {
        return new Widen(Optional.ofNullable(residual), Optional.ofNullable(hidden), 5);
    }

    /** Both directories as they are read again, each by its own configuration. */
    private static Verification compare(ModelDirectory one, ModelDirectory other) {
        try (var first = one.reader(); var second = other.reader()) {
            return new BlockwiseComparison(
                    new ComparedModel(one.requireNetwork(), first), new ComparedModel(other.requireNetwork(), second),
                    FunctionComparison.usualTolerance(one)).of(one.inputs().random(8, 7)).verification();
        }
    }

    @ParameterizedTest
    @MethodSource("dense")
    void aWiderModelIsTheSameFunction(SmallModels.Small family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type);
            Widen.Done done = widen(model, "b" + type, to(24, 70));
            assertThat(done.after().residual()).isEqualTo(24);
            assertThat(done.exact().maxRelDifference()).isLessThan(1e-11);
            ModelDirectory wide = ModelDirectory.open(directory.resolve("b" + type));
            assertThat(compare(model, wide).verified()).isTrue();
            assertThat(wide.architecture().space("residual").group().size()).isEqualTo(24);
            for (String epsilon : List.of("rms_norm_eps", "layer_norm_epsilon", "layer_norm_eps")) {
                assertThat(wide.checkpoint().config().path(epsilon))
                        .as("else no line could join it with a model trained at this width")
                        .isEqualTo(model.checkpoint().config().path(epsilon));
            }
            assertThat(wide.architecture().space("residual").group().kind().isOrthogonal()).isTrue();
            assertThat(wide.architecture().spaces().values().stream()
                    .filter(space -> space.name().endsWith(".hidden") && space.group().kind() == GroupKind.PERMUTATION)
                    .map(space -> space.group().size())).hasSize(2).containsOnly(70);
        }
    }

    @ParameterizedTest
    @MethodSource("dense")
    void moreUnitsAloneLeaveGainsAndHeadAsTheyAre(SmallModels.Small family) {
        ModelDirectory model = write(family, DType.FLOAT64);
        Widen.Done done = widen(model, "b", to(null, 150));
        ModelDirectory wide = ModelDirectory.open(directory.resolve("b"));
        assertThat(done.untied()).isFalse();
        assertThat(compare(model, wide).verified()).isTrue();
        assertThat(wide.tied()).isEqualTo(model.tied());
    }

    @Test
    void withoutTheFactorOfReadersTheFunctionIsAnother() {
        for (String name : List.of("llama", "gpt2")) {
            ModelDirectory model = write(named(name), DType.FLOAT64);
            assertThat(to(24, null).withFactor(model, Math.sqrt(16.0 / 24)).verified()).isTrue();
            assertThat(to(24, null).withFactor(model, 1).verified()).isFalse();
        }
    }

    @Test
    void splitUnitsShareOneWeight() {
        SplitUnits split = SplitUnits.draw(3, 8, true, Random.seeded(1));
        double[] sums = new double[3];
        for (int unit = 0; unit < 8; unit++) {
            assertThat(split.weights()[unit]).isBetween(0.0, 1.0);
            sums[split.parents()[unit]] += split.weights()[unit];
        }
        assertThat(sums).usingComparatorWithPrecision(1e-15).containsExactly(1, 1, 1);
        try (Scope scope = Scope.open()) {
            Tensor in = Random.seeded(2).normal(DType.FLOAT64, 3, 4);
            Tensor out = Random.seeded(3).normal(DType.FLOAT64, 2, 3);
            Tensor expected = out.matmul(in);
            Tensor found = split.along(out, 1, true).matmul(split.along(in, 0, false));
            assertThat(found.subtract(expected).abs().max()).isLessThan(1e-14);
        }
    }

    @Test
    void headsAreAddedOnlyWhereTheStockClassDividesTheStream() {
        ModelDirectory gpt2 = write(named("gpt2"), DType.FLOAT64);
        assertThatThrownBy(() -> widen(gpt2, "b", to(22, null)))
                .isInstanceOf(WrongUse.class)
                .hasMessage("residual is 22, expected a multiple of 4, the width of a head, since the stock class of "
                        + "'gpt2' divides the stream among its heads.");
        assertThat(widen(gpt2, "b", to(24, null)).after().heads()).isEqualTo(6);
        ModelDirectory llama = write(named("llama"), DType.FLOAT32);
        assertThat(widen(llama, "c", to(21, null)).after().heads()).isEqualTo(4);
        assertThat(Checkpoint.open(directory.resolve("c")).config().get("head_dim").intValue()).isEqualTo(4);
    }

    @Test
    void widthsThatAreNotLargerAreRefused() {
        ModelDirectory model = write(named("llama"), DType.FLOAT32);
        assertThatThrownBy(() -> widen(model, "b", to(16, null)))
                .isInstanceOf(WrongUse.class).hasMessage("residual is 16, expected more than the model's 16.");
        assertThatThrownBy(() -> widen(model, "b", to(24, 9)))
                .isInstanceOf(WrongUse.class).hasMessage("hidden is 9, expected more than the model's 10.");
        assertThatThrownBy(() -> to(null, null)).isInstanceOf(WrongUse.class);
        assertThatThrownBy(() -> to(-1, null)).isInstanceOf(WrongUse.class);
        assertThat(directory.resolve("b")).doesNotExist();
    }

    @Test
    void whatIsNotWidenedIsNamed() {
        assertThatThrownBy(() -> widen(write(named("mixtral"), DType.FLOAT32), "b", to(24, null)))
                .isInstanceOf(WrongUse.class)
                .hasMessage("models of the family 'mixtral' are not widened here; those of gpt2, llama, mistral, "
                        + "qwen2, qwen3, vit are.");
        assertThatThrownBy(() -> widen(write(named("bert"), DType.FLOAT64), "b", to(24, null)))
                .isInstanceOf(WrongUse.class).hasMessageContaining("'bert'");
    }
}

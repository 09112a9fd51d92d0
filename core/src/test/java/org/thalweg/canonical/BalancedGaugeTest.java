package org.thalweg.canonical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.Verification;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class BalancedGaugeTest {
    static Stream<CanonicalModels.Model> models() {
        return CanonicalModels.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyFamilyKeepsItsFunctionAndGetsGainsOfOne(CanonicalModels.Model family) {
        try (Scope scope = Scope.open()) {
            Parameters model = family.parameters(Random.seeded(1));
            Architecture architecture = family.architecture(model);
            Parameters balanced = BalancedGauge.of(architecture, model::get).apply(model);
            Verification found = family.compare(model, balanced);
            assertThat(found.verified()).describedAs(found.toString()).isTrue();
            assertThat(Gains.tensors(architecture).isEmpty())
                    .isEqualTo(family.name().matches("bert|roberta|gemma.*"));
            Gains.tensors(architecture).forEach((space, name) ->
                    assertThat(balanced.get(name).subtract(Tensor.ones(DType.FLOAT64, 1)).abs().max())
                            .describedAs(name).isLessThan(1e-15));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aBalancedModelStaysAsItIs(CanonicalModels.Model family) {
        try (Scope scope = Scope.open()) {
            Parameters model = family.parameters(Random.seeded(2));
            Architecture architecture = family.architecture(model);
            Parameters once = BalancedGauge.of(architecture, model::get).apply(model);
            Parameters twice = BalancedGauge.of(architecture, once::get).apply(once);
            CanonicalModels.assertClose(twice, once, 1e-9);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void freeFactorsAndShiftsDoNotChangeTheBalancedModel(CanonicalModels.Model family) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(3);
            Parameters model = family.parameters(random);
            Architecture architecture = family.architecture(model);
            Alignment element = CanonicalModels.factorsAndShifts(architecture, random);
            Parameters moved = element.apply(model);
            Parameters expected = BalancedGauge.of(architecture, model::get).apply(model);
            Parameters found = BalancedGauge.of(architecture, moved::get).apply(moved);
            CanonicalModels.assertClose(found, expected, 1e-8);
            assertThat(element.elements().isEmpty()).isEqualTo(family.name().matches("bert|roberta"));
        }
    }

    @Test
    void unitsOfAGatedNetworkHaveEqualNormsUpAndDown() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("llama");
            Parameters model = family.parameters(Random.seeded(4));
            Parameters balanced = BalancedGauge.of(family.architecture(model), model::get).apply(model);
            double[] up = norms(balanced.get("model.layers.1.mlp.up_proj.weight"), 1);
            double[] down = norms(balanced.get("model.layers.1.mlp.down_proj.weight"), 0);
            assertThat(up).containsExactly(down, within(1e-12));
        }
    }

    @Test
    void chainedUnitsAreAllBalancedAtOnce() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(6);
            Parameters model = Parameters.of(Map.of(
                    "fc.0.weight", random.normal(DType.FLOAT64, 6, 4), "fc.0.bias", random.normal(DType.FLOAT64, 6),
                    "fc.1.weight", random.normal(DType.FLOAT64, 5, 6), "fc.1.bias", random.normal(DType.FLOAT64, 5),
                    "fc.2.weight", random.normal(DType.FLOAT64, 3, 5), "fc.2.bias", random.normal(DType.FLOAT64, 3)));
            Architecture architecture = ArchitectureSpec.builtIn("mlp").bind(model, new Conditions(
                    Set.of("relu"), Map.of("inner-maps", Set.of(1), "last-map", Set.of(2)), Map.of()));
            Alignment gauge = BalancedGauge.of(architecture, model::get);
            Parameters balanced = gauge.apply(model);
            for (int depth = 0; depth < 2; depth++) {
                double[] in = norms(Tensor.concatenate(List.of(
                        balanced.get("fc." + depth + ".weight"),
                        balanced.get("fc." + depth + ".bias").unsqueeze(1)), 1), 1);
                double[] out = norms(balanced.get("fc." + (depth + 1) + ".weight"), 0);
                assertThat(in).containsExactly(out, within(1e-11));
            }
            Tensor inputs = random.normal(DType.FLOAT64, 20, 4);
            assertThat(forward(balanced, inputs).subtract(forward(model, inputs)).abs().max()).isLessThan(1e-11);
        }
    }

    @Test
    void basesOfHeadsGetEqualGramMatrices() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("bert");
            Parameters model = family.parameters(Random.seeded(7));
            Parameters balanced = BalancedGauge.of(family.architecture(model), model::get).apply(model);
            String layer = "bert.encoder.layer.1.attention.";
            Tensor query = withBias(balanced, layer + "self.query").narrow(0, 4, 4); // second of four heads
            Tensor key = withBias(balanced, layer + "self.key").narrow(0, 4, 4);
            assertClose(gram(query), gram(key));
            Tensor value = withBias(balanced, layer + "self.value").narrow(0, 4, 4);
            Tensor output = balanced.get(layer + "output.dense.weight").narrow(1, 4, 4).transpose(0, 1);
            assertClose(gram(value), gram(output));
        }
    }

    @Test
    void aGainOfZeroStaysAndAllElseIsFolded() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("llama");
            String name = "model.layers.0.input_layernorm.weight";
            Parameters whole = family.parameters(Random.seeded(8));
            double[] gain = whole.get(name).toDoubles();
            gain[3] = 0;
            Parameters model = whole.with(Parameters.of(Map.of(name, Tensor.of(gain, gain.length))));
            Architecture architecture = family.architecture(model);
            Gauge gauge = Gauge.of(architecture, model::get).then(Gains::fold);
            Parameters folded = gauge.alignment().apply(model);
            double[] expected = new double[gain.length];
            Arrays.fill(expected, 1);
            expected[3] = 0;
            assertThat(folded.get(name).toDoubles()).containsExactly(expected, within(1e-15));
            assertThat(family.compare(model, folded).verified()).isTrue();
            assertThat(gauge.left()).containsExactly("1 of 16 gains in '" + name
                    + "' are 0 or too small to divide by, and stay");
        }
    }

    @Test
    void aBasisOfLowerRankStaysAndIsNamed() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("gpt2");
            Parameters whole = family.parameters(Random.seeded(9));
            String name = whole.names().stream().filter(each -> each.endsWith("h.0.attn.c_proj.weight")).findFirst()
                    .orElseThrow();
            Tensor output = whole.get(name).multiply(1); // [heads*head_dim residual]
            output.narrow(0, 0, 1).copyInPlace(output.narrow(0, 1, 1));
            Parameters model = whole.with(Parameters.of(Map.of(name, output)));
            Gauge gauge = Gauge.of(family.architecture(model), model::get).then(Bases::balance);
            assertThat(gauge.left()).containsExactly("the maps that write or read 'layers.0.heads.0.value_output' are "
                    + "of lower rank than its 4 dimensions, so its basis stays");
            assertThat(gauge.alignment().elements()).hasSize(15);
            assertThat(family.compare(model, gauge.alignment().apply(model)).verified()).isTrue();
        }
    }

    @Test
    void routersLoseTheMeanOfTheirRows() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("deepseek_v3");
            Parameters model = family.parameters(Random.seeded(10));
            Parameters balanced = BalancedGauge.of(family.architecture(model), model::get).apply(model);
            String bias = "model.layers.1.mlp.gate.e_score_correction_bias";
            assertThat(balanced.get(bias).sum().item()).isCloseTo(0, within(1e-12));
            CanonicalModels.Model softmax = new CanonicalModels.Model("qwen3_moe");
            Parameters other = softmax.parameters(Random.seeded(11));
            Parameters centred = BalancedGauge.of(softmax.architecture(other), other::get).apply(other);
            assertThat(centred.get("model.layers.1.mlp.gate.weight").mean(0, false).abs().max()).isLessThan(1e-13);
        }
    }

    private static Tensor forward(Parameters model, Tensor x) {
        Tensor state = x;
        for (int depth = 0; depth < 3; depth++) {
            state = Functions.linear(state, model.get("fc." + depth + ".weight"),
                    Optional.of(model.get("fc." + depth + ".bias")));
            state = depth < 2 ? Functions.relu(state) : state;
        }
        return state;
    }

    private static Tensor withBias(Parameters model, String name) {
        return Tensor.concatenate(
                List.of(model.get(name + ".weight"), model.get(name + ".bias").unsqueeze(1)), 1);
    }

    private static Tensor gram(Tensor vectors) {
        return vectors.matmul(vectors.transpose(0, 1));
    }

    private static void assertClose(Tensor one, Tensor other) {
        assertThat(one.subtract(other).abs().max()).isLessThan(1e-10 * other.abs().max());
    }

    private static double[] norms(Tensor matrix, int summed) {
        return matrix.multiply(matrix).sum(summed, false).sqrt().toDoubles();
    }
}

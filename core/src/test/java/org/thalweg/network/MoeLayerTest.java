package org.thalweg.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class MoeLayerTest {
    private static final int RESIDUAL = 5;
    private static final int TOKENS = 23;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    static List<MoeConfig> configurations() {
        List<MoeConfig> all = new ArrayList<>();
        for (UnitFunction activation : UnitFunction.values()) {
            for (List<Integer> hidden : List.of(List.of(7), List.of(7, 3))) {
                for (Gating gating : List.of(new Gating.Dense(), new Gating.Sparse(1), new Gating.Sparse(2),
                        new Gating.Sparse(4), new Gating.DeepSeek(1, 1), new Gating.DeepSeek(2, 1),
                        new Gating.DeepSeek(4, 1), new Gating.DeepSeek(2, 0))) {
                    all.add(new MoeConfig(4, gating, hidden, activation));
                }
            }
            all.add(new MoeConfig(4, new Gating.DeepSeek(2, 2), List.of(7), activation));
            all.add(new MoeConfig(1, new Gating.Dense(), List.of(3), activation));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void computesThePapersFormulas(MoeConfig config) {
        try (Scope scope = Scope.open()) {
            Parameters model = model(config);
            assertEqualsPlain(config, model, inputs());
            assertEqualsPlain(config, model.filter(name -> !name.equals("moe.gate.bias")), inputs());
        }
    }

    @Test
    void everyTokenOfOneBatchIsComputedAsAlone() {
        try (Scope scope = Scope.open()) {
            MoeConfig config = new MoeConfig(4, new Gating.Sparse(2), List.of(7), UnitFunction.GELU);
            Parameters model = model(config);
            Tensor together = SingleLayer.forward(config, model, "moe", inputs());
            for (int token = 0; token < TOKENS; token++) {
                Tensor alone = SingleLayer.forward(config, model, "moe", inputs().narrow(0, token, 1));
                assertThat(alone.subtract(together.narrow(0, token, 1)).abs().max()).isLessThan(1e-12);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void equalScoresGoToTheSmallerIndex(MoeConfig config) {
        try (Scope scope = Scope.open()) {
            // Whole numbers, so that scores are exact: experts 1 and 3 always tie, at 0 all do.
            long[] shape = {config.experts(), RESIDUAL};
            double[] gate = new double[config.experts() * RESIDUAL];
            for (int e = 0; e < config.experts(); e++) {
                gate[e * RESIDUAL] = e % 2;
                gate[e * RESIDUAL + 1] = e == 2 ? 1 : 0;
            }
            Map<String, Tensor> exact = new LinkedHashMap<>();
            exact.put("moe.gate.weight", Tensor.of(gate, shape));
            exact.put("moe.gate.bias", Tensor.zeros(DType.FLOAT64, config.experts()));
            Tensor x = Tensor.of(new double[] {1, 0, 2, 3, 4, -1, 0, 1, 1, 2, 0, 0, 5, 1, 2, 2, 1, 0, 3, -3}, 4,
                    RESIDUAL);
            assertEqualsPlain(config, model(config).with(Parameters.of(exact)), x);
        }
    }

    @Test
    void sparseSelectingAllIsDense() {
        try (Scope scope = Scope.open()) {
            MoeConfig dense = new MoeConfig(4, new Gating.Dense(), List.of(7), UnitFunction.GELU);
            Parameters model = model(dense);
            Tensor expected = SingleLayer.forward(dense, model, "moe", inputs());
            for (Gating all : List.of(new Gating.Sparse(4), new Gating.DeepSeek(4, 0))) {
                MoeConfig config = new MoeConfig(4, all, List.of(7), UnitFunction.GELU);
                Tensor found = SingleLayer.forward(config, model, "moe", inputs());
                assertThat(found.subtract(expected).abs().max()).as(all.label()).isLessThan(1e-13);
            }
        }
    }

    @Test
    void sparseAndDeepSeekGatesNormaliseDifferently() {
        try (Scope scope = Scope.open()) {
            MoeConfig sparse = new MoeConfig(4, new Gating.Sparse(2), List.of(7), UnitFunction.GELU);
            MoeConfig deepSeek = new MoeConfig(4, new Gating.DeepSeek(2, 0), List.of(7), UnitFunction.GELU);
            Parameters model = model(sparse);
            assertThat(SingleLayer.forward(sparse, model, "moe", inputs())
                    .subtract(SingleLayer.forward(deepSeek, model, "moe", inputs())).abs().max()).isGreaterThan(1e-3);
        }
    }

    @Test
    void namesAndShapesAreTheDocumentedOnes() {
        try (Scope scope = Scope.open()) {
            MoeConfig config = new MoeConfig(2, new Gating.DeepSeek(1, 2), List.of(7), UnitFunction.GELU);
            Parameters model = SingleLayer.initialise(config, RESIDUAL, "p", Random.seeded(1));
            Map<String, List<Long>> shapes = new LinkedHashMap<>();
            model.asMap().forEach((name, tensor) ->
                    shapes.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
            Map<String, List<Long>> declared = new LinkedHashMap<>();
            TensorTable table = new TensorTable(ModelArchitecture.layerTensors(model, "p").names());
            config.layer().declare(table, RESIDUAL);
            table.tensors().forEach((name, tensor) -> declared.put(name, tensor.shape()));
            assertThat(declared).isEqualTo(shapes);
            Map<String, List<Long>> expected = new LinkedHashMap<>();
            expected.put("p.gate.weight", List.of(2L, 5L));
            expected.put("p.gate.bias", List.of(2L));
            for (String expert : List.of("p.experts.0", "p.experts.1")) {
                expected.put(expert + ".dense.0.weight", List.of(7L, 5L));
                expected.put(expert + ".dense.0.bias", List.of(7L));
                expected.put(expert + ".dense.1.weight", List.of(5L, 7L));
                expected.put(expert + ".dense.1.bias", List.of(5L));
            }
            expected.put("p.shared_experts.dense.0.weight", List.of(14L, 5L));
            expected.put("p.shared_experts.dense.0.bias", List.of(14L));
            expected.put("p.shared_experts.dense.1.weight", List.of(5L, 14L));
            expected.put("p.shared_experts.dense.1.bias", List.of(5L));
            assertThat(shapes).isEqualTo(expected);
            assertThat(model.get("p.shared_experts.dense.1.weight").abs().max())
                    .isGreaterThan(1 / Math.sqrt(14)).isLessThanOrEqualTo(1 / Math.sqrt(7));
        }
    }

    @Test
    void layersThatCannotBeAreRefusedWithASentence() {
        List<Integer> hidden = List.of(3);
        assertThatThrownBy(() -> new MoeConfig(0, new Gating.Dense(), hidden, UnitFunction.GELU))
                .isInstanceOf(WrongUse.class).hasMessage("an MoE layer has at least 1 expert, not 0.");
        for (int selected : new int[] {0, 3}) {
            assertThatThrownBy(() -> new MoeConfig(2, new Gating.Sparse(selected), hidden, UnitFunction.GELU))
                    .isInstanceOf(WrongUse.class).hasMessage("the gate selects k = " + selected
                            + " of 2 experts; choose k between 1 and the number of experts.");
        }
        assertThatThrownBy(() -> new MoeConfig(2, new Gating.Dense(), List.of(), UnitFunction.GELU))
                .isInstanceOf(WrongUse.class).hasMessageContaining("one or more hidden layers");
        assertThatThrownBy(() -> new MoeConfig(2, new Gating.DeepSeek(1, -1), hidden, UnitFunction.GELU))
                .isInstanceOf(WrongUse.class).hasMessage("the number of shared experts is 0 or more, not -1.");
        assertThatThrownBy(() -> new MoeConfig(2, new Gating.DeepSeek(1, 2), List.of(3, 3), UnitFunction.GELU))
                .isInstanceOf(WrongUse.class).hasMessageStartingWith("several shared experts are one wide network");
    }

    @Test
    void theReferencesErrorFunctionIsRight() {
        assertThat(PlainLinear.erf(0.5)).isCloseTo(0.5204998778130465, within(1e-15));
        assertThat(PlainLinear.erf(2)).isCloseTo(0.9953222650189527, within(1e-14));
    }

    private static void assertEqualsPlain(MoeConfig config, Parameters model, Tensor x) {
        double[] found = SingleLayer.forward(config, model, "moe", x).toDoubles();
        double[] flat = x.toDoubles();
        double[][] rows = new double[flat.length / RESIDUAL][RESIDUAL];
        for (int i = 0; i < flat.length; i++) {
            rows[i / RESIDUAL][i % RESIDUAL] = flat[i];
        }
        double[][] expected = PlainMoe.forward(config, model, "moe", rows);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i / RESIDUAL][i % RESIDUAL], within(1e-12));
        }
    }

    private static Parameters model(MoeConfig config) {
        return SingleLayer.initialise(config, RESIDUAL, "moe", Random.seeded(11)).to(DType.FLOAT64);
    }

    private static Tensor inputs() {
        return Random.seeded(12).normal(DType.FLOAT64, TOKENS, RESIDUAL);
    }
}

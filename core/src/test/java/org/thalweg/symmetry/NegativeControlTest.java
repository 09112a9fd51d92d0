package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.VitFamily;
import org.thalweg.group.Permutation;
import org.thalweg.network.SingleLayer;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Near misses: changes that look like symmetries and are none. */
class NegativeControlTest {
    private static final MoeConfig SPARSE =
            new MoeConfig(4, new Gating.Sparse(2), List.of(5), UnitFunction.GELU);

    @Test
    void scalingTheGateChangesSparseOutputsWithTwoSelected() {
        assertVisible(SPARSE, scaled("moe.gate."));
    }

    @Test
    void scalingTheGateChangesDenseOutputs() {
        assertVisible(new MoeConfig(4, new Gating.Dense(), List.of(5), UnitFunction.GELU), scaled("moe.gate."));
    }

    @Test
    void scalingTheGateChangesDeepSeekOutputsEvenWithOneSelected() {
        assertVisible(new MoeConfig(4, new Gating.DeepSeek(1, 1), List.of(5), UnitFunction.GELU), scaled("moe.gate."));
        assertVisible(new MoeConfig(4, new Gating.DeepSeek(2, 1), List.of(5), UnitFunction.GELU), scaled("moe.gate."));
    }

    @Test
    void permutingHiddenUnitsOfOneMatrixOnlyChangesOutputs() {
        Permutation cycle = new Permutation(new int[] {1, 2, 3, 4, 0});
        assertVisible(SPARSE, layer -> replaced(layer, "moe.experts.1.dense.1.weight", w -> cycle.applyTo(w, 1)));
        assertVisible(SPARSE, layer -> replaced(layer, "moe.experts.1.dense.0.weight", w -> cycle.applyTo(w, 0)));
        assertVisible(SPARSE, layer -> replaced(layer, "moe.experts.1.dense.0.bias", b -> cycle.applyTo(b, 0)));
    }

    @Test
    void exchangingExpertsWithoutTheirGateRowsChangesOutputs() {
        assertVisible(SPARSE, layer -> layer.mapNamed((name, tensor) -> layer.get(name
                .replace("experts.0.", "experts.x.").replace("experts.2.", "experts.0.")
                .replace("experts.x.", "experts.2."))));
    }

    @Test
    void addingANumberToOneScoreOnlyChangesOutputs() {
        assertVisible(SPARSE, layer -> replaced(
                layer, "moe.gate.bias", b -> b.add(Tensor.of(new double[] {1, 0, 0, 0}, 4))));
    }

    @Test
    void scalingAHiddenUnitOfAGeluExpertChangesOutputs() {
        assertVisible(SPARSE, layer -> layer.mapNamed((name, tensor) ->
                name.startsWith("moe.experts.0.dense.0") ? tensor.multiply(2)
                        : name.equals("moe.experts.0.dense.1.weight") ? tensor.multiply(0.5) : tensor));
    }

    @Test
    void mixingPositionsOfDifferentHeadsChangesLogits() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(11);
            VitConfig config = SampleModels.vit(SPARSE);
            Parameters model = SampleModels.vitParameters(config, random);
            Tensor images = random.normal(DType.FLOAT64, 5, 1, 4, 4);
            // Positions 3 and 4 are the last of head 0 and the first of head 1.
            Permutation swap = new Permutation(new int[] {0, 1, 2, 4, 3, 5, 6, 7});
            String attention = "vit.encoder.layer.1.attention.";
            Parameters mixed = model.mapNamed((name, tensor) -> {
                if (name.startsWith(attention + "attention.")) {
                    return swap.applyTo(tensor, 0);
                }
                return name.equals(attention + "output.dense.weight") ? swap.applyTo(tensor, 1) : tensor;
            });
            Verification found = EquivalenceCheck.compare(
                    p -> VitFamily.network(config).forward(p, images), model, mixed, 1e-9);
            assertThat(found.verified()).isFalse();
            assertThat(found.maxAbsDifference()).isGreaterThan(1e-3);
        }
    }

    @Test
    void anUnequalModelIsRefusedInOneSentence() {
        assertThatThrownBy(() -> new Verification(0.5, 2, 12, 1e-9).requireVerified())
                .isInstanceOf(WorkFailure.class)
                .hasMessage("the moved model is not the same function: its outputs differ by up to 0.5 (0.25 of the "
                        + "largest output) over 12 outputs where 1.0E-9 is allowed; nothing was written.");
    }

    @Test
    void outputsThatAreAllZeroShowNothing() {
        try (Scope scope = Scope.open()) {
            Parameters zero = Parameters.of(Map.of("w", Tensor.of(new double[] {0, 0}, 2)));
            Verification found = EquivalenceCheck.compare(p -> p.get("w"), zero, zero, 0.5);
            assertThat(found.verified()).isFalse();
            assertThatThrownBy(found::requireVerified).hasMessageContaining("all outputs of both are 0");
        }
    }

    @Test
    void differencesAreInUnitsOfTheLargestOutput() {
        try (Scope scope = Scope.open()) {
            Parameters small = Parameters.of(Map.of("w", Tensor.of(new double[] {1e-6, 2e-6}, 2)));
            Parameters other = Parameters.of(Map.of("w", Tensor.of(new double[] {1e-6, 2.2e-6}, 2)));
            Verification found = EquivalenceCheck.compare(p -> p.get("w"), small, other, 1e-3);
            assertThat(found.maxRelDifference()).isCloseTo(0.1, within(1e-9));
            assertThat(found.verified()).isFalse();
        }
    }

    @Test
    void outputsThatAreNotFiniteShowNothing() {
        try (Scope scope = Scope.open()) {
            Parameters bad = Parameters.of(Map.of("w", Tensor.of(new double[] {Double.NaN}, 1)));
            assertThat(EquivalenceCheck.compare(p -> p.get("w"), bad, bad, 1).verified()).isFalse();
        }
    }

    private static UnaryOperator<Parameters> scaled(String prefix) {
        return layer -> layer.mapNamed((name, tensor) -> name.startsWith(prefix) ? tensor.multiply(1.7) : tensor);
    }

    private static Parameters replaced(Parameters layer, String tensor, UnaryOperator<Tensor> change) {
        return layer.mapNamed((name, value) -> name.equals(tensor) ? change.apply(value) : value);
    }

    private static void assertVisible(MoeConfig config, UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(7);
            Parameters layer = SampleModels.layer(config, random);
            Tensor x = SampleModels.inputs(random);
            Verification found = EquivalenceCheck.compare(
                    p -> SingleLayer.forward(config, p, "moe", x), layer, change.apply(layer), 1e-9);
            assertThat(found.verified()).isFalse();
            assertThat(found.maxAbsDifference()).isGreaterThan(1e-3);
        }
    }
}

package org.thalweg.identifiability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.SingleLayer;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Equal functions that no group element relates, each for one broken assumption. */
class CounterexampleTest {
    private static final IdentificationSettings CLOSE = new IdentificationSettings(1e-12, 256, 0);

    /** Remark B.6, with its (X, Y, Z) = (1, 3, 2) and (2, 5, 3), B = 0 and 1: then A = -5 and C = 10. */
    @Test
    void equallySpacedGatesHideAnotherParametrisationOfADenseLayer() {
        MoeConfig config = new MoeConfig(3, new Gating.Dense(), List.of(1), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters a = constants(new double[] {1, 3, 2}, new double[] {-5, 0, 10});
            Parameters b = constants(new double[] {2, 5, 3}, new double[] {-5, 1, 10});
            assertEqualOutputs(config, a, b);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.EqualButUnrelated.class);
            Identification.EqualButUnrelated equal = (Identification.EqualButUnrelated) found;
            assertThat(equal.failedAssumptions()).containsExactly(
                    new FailedAssumption.CoincidingGateDifferences("first", 0, 1, 1, 2),
                    new FailedAssumption.CoincidingGateDifferences("second", 0, 1, 1, 2));
            assertThat(equal.residuals().gate()).isGreaterThan(0.01);
            assertThat(equal.failedAssumptions().getFirst().sentence()).isEqualTo("In the first layer the gate "
                    + "differences 0 - 1 and 1 - 2 coincide (Theorem B.5, assumption 2).");
        }
    }

    /** Remark C.8: scores (-2x, -x, x, 2x) and (-3x, -2x, 2x, 3x), two of four selected, any experts. */
    @Test
    void dependentGateDifferencesHideAnotherParametrisationOfASparseLayer() {
        MoeConfig config = new MoeConfig(4, new Gating.Sparse(2), List.of(5), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters experts = SampleModels.loud(
                    SingleLayer.initialise(config, 1, "moe", Random.seeded(2)), Random.seeded(3));
            Parameters a = withGate(experts, new double[] {-2, -1, 1, 2});
            Parameters b = withGate(experts, new double[] {-3, -2, 2, 3});
            assertEqualOutputs(config, a, b);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.EqualButUnrelated.class);
            assertThat(((Identification.EqualButUnrelated) found).failedAssumptions())
                    .contains(new FailedAssumption.DependentGateDifferences("first", 2),
                            new FailedAssumption.DependentGateDifferences("second", 2));
        }
    }

    @Test
    void coincidingExpertsAreNamed() {
        MoeConfig config = new MoeConfig(3, new Gating.Dense(), List.of(4), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters single = SampleModels.layer(config, Random.seeded(5));
            Parameters a = single.mapNamed((name, _) -> single.get(name.replace("experts.2.", "experts.0.")));
            // Experts 0 and 2 are one function: weight may move between their scores as long as e^s0 + e^s2 stays.
            Parameters b = sameRow(a, 0.25);
            a = sameRow(a, 0.5);
            assertEqualOutputs(config, a, b);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.EqualButUnrelated.class);
            assertThat(((Identification.EqualButUnrelated) found).failedAssumptions())
                    .contains(new FailedAssumption.CoincidingExperts("first", 0, 2),
                            new FailedAssumption.CoincidingExperts("second", 0, 2));
        }
    }

    @Test
    void equalExpertsWithUnrelatedWeightsAreRelatedWithoutAnAlignmentOfWeights() {
        MoeConfig config = new MoeConfig(3, new Gating.Dense(), List.of(2), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters any = SampleModels.layer(config, Random.seeded(8));
            String idle = "moe.experts.1.dense.1.weight";
            Parameters a = any.with(Parameters.of(Map.of(idle, Tensor.zeros(DType.FLOAT64, any.get(idle).shape()))));
            // Nothing reads the hidden units of expert 1, so their incoming weights are free.
            Parameters b = a.mapNamed((name, tensor) ->
                    name.equals("moe.experts.1.dense.0.weight") ? tensor.add(1) : tensor);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.Related.class);
            assertThat(((Identification.Related) found).weights()).isEmpty();
            assertThat(((Identification.Related) found).failedAssumptions()).isEmpty();
        }
    }

    @Test
    void anUnusedExpertWithOtherWeightsLeavesTheRelationUndecided() {
        MoeConfig config = new MoeConfig(4, new Gating.Sparse(2), List.of(3), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters a = withUnusedExpert(SampleModels.layer(config, Random.seeded(4)), 1);
            Parameters b = a.mapNamed((name, tensor) ->
                    name.startsWith("moe.experts.1.") ? tensor.multiply(-2).add(1) : tensor);
            assertEqualOutputs(config, a, b);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.Undecided.class);
            Identification.Undecided undecided = (Identification.Undecided) found;
            assertThat(undecided.experts())
                    .containsExactly(new Identification.UncomparedExpert(1, 1, 0, 0, CLOSE.probes()));
            assertThat(undecided.experts().getFirst().sentence()).isEqualTo("Expert 1 of the second layer (reached by "
                    + "0 of 256 probes) and expert 1 of the first (reached by 0) were used together for no probe, and "
                    + "their weights are not related.");
        }
    }

    @Test
    void anUnusedExpertWithEqualWeightsIsRelated() {
        MoeConfig config = new MoeConfig(4, new Gating.Sparse(2), List.of(3), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters a = withUnusedExpert(SampleModels.layer(config, Random.seeded(4)), 1);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, a, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.Related.class);
            assertThat(((Identification.Related) found).weights()).isPresent();
        }
    }

    /** Related weights of the unused expert suffice: those of a used one may be free, as its answers were compared. */
    @Test
    void anUnusedExpertWithRelatedWeightsIsRelatedBesideAUsedOneWithoutThem() {
        MoeConfig config = new MoeConfig(4, new Gating.Sparse(2), List.of(3), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Parameters any = withUnusedExpert(SampleModels.layer(config, Random.seeded(4)), 1);
            String idle = "moe.experts.0.dense.1.weight";
            Parameters a = any.with(Parameters.of(Map.of(idle, Tensor.zeros(DType.FLOAT64, any.get(idle).shape()))));
            Parameters b = a.mapNamed((name, tensor) ->
                    name.equals("moe.experts.0.dense.0.weight") ? tensor.add(1) : tensor);
            Identification found = MoeIdentifier.identify(
                    new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), CLOSE);
            assertThat(found).isInstanceOf(Identification.Related.class);
            assertThat(((Identification.Related) found).weights()).isEmpty();
        }
    }

    @Test
    void saysWhichLayersNoTheoremCovers() {
        assertThat(Assumptions.ofKind(new MoeConfig(3, new Gating.Sparse(1), List.of(4), UnitFunction.RELU)))
                .extracting(FailedAssumption::sentence)
                .containsExactly("No theorem is proved: Theorem C.4 excludes k = 1, where only the best expert is used "
                        + "(Remark C.9).");
        assertThat(Assumptions.ofKind(new MoeConfig(3, new Gating.DeepSeek(2, 1), List.of(4), UnitFunction.GELU)))
                .hasSize(2);
        assertThat(Assumptions.ofKind(new MoeConfig(3, new Gating.Dense(), List.of(4), UnitFunction.RELU))).isEmpty();
    }

    @Test
    void layersOfDifferentSizesAreComparedByTheirOutputsOnly() {
        MoeConfig three = new MoeConfig(3, new Gating.Dense(), List.of(4), UnitFunction.RELU);
        MoeConfig four = new MoeConfig(4, new Gating.Dense(), List.of(4), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            MoeFunction a = new MoeFunction(three, SampleModels.layer(three, Random.seeded(1)), "moe");
            MoeFunction b = new MoeFunction(four, SampleModels.layer(four, Random.seeded(2)), "moe");
            assertThat(MoeIdentifier.identify(a, b, CLOSE)).isInstanceOf(Identification.Unrelated.class);
        }
    }

    @Test
    void refusesLayersThatCannotBeCompared() {
        MoeConfig config = new MoeConfig(3, new Gating.Dense(), List.of(4), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            MoeFunction layer = new MoeFunction(config, SampleModels.layer(config, Random.seeded(1)), "moe");
            MoeFunction narrow = new MoeFunction(
                    config, SingleLayer.initialise(config, 2, "moe", Random.seeded(1)), "moe");
            assertThatThrownBy(() -> MoeIdentifier.identify(layer, narrow, CLOSE))
                    .isInstanceOf(WrongUse.class)
                    .hasMessage("the first layer reads a stream of width 6 and the second one of width 2; such layers "
                            + "are no functions of the same input.");
            assertThatThrownBy(() -> MoeIdentifier.identify(
                            layer, new MoeFunction(config, layer.parameters(), "other"), CLOSE))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage("the second model has no tensors under 'other.'; name the prefix of an MoE layer.");
        }
    }

    /** Gate rows 0 and 2 equal, the given share of their common weight on expert 0. */
    private static Parameters sameRow(Parameters layer, double share) {
        double[] weight = layer.get("moe.gate.weight").toDoubles();
        System.arraycopy(weight, 0, weight, 2 * SampleModels.RESIDUAL, SampleModels.RESIDUAL);
        double[] bias = {Math.log(share), 0.3, Math.log(1 - share)};
        return layer.with(Parameters.of(Map.of(
                "moe.gate.weight", Tensor.of(weight, 3, SampleModels.RESIDUAL),
                "moe.gate.bias", Tensor.of(bias, 3))));
    }

    private static Parameters constants(double[] exponentialsOfBiases, double[] values) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("moe.gate.weight", Tensor.of(new double[] {-1, 0, 1}, 3, 1));
        tensors.put("moe.gate.bias", Tensor.of(
                Arrays.stream(exponentialsOfBiases).map(Math::log).toArray(), 3));
        for (int expert = 0; expert < 3; expert++) {
            String name = "moe.experts." + expert + ".dense.";
            tensors.put(name + "0.weight", Tensor.zeros(DType.FLOAT64, 1, 1));
            tensors.put(name + "0.bias", Tensor.zeros(DType.FLOAT64, 1));
            tensors.put(name + "1.weight", Tensor.zeros(DType.FLOAT64, 1, 1));
            tensors.put(name + "1.bias", Tensor.of(new double[] {values[expert]}, 1));
        }
        return Parameters.of(tensors);
    }

    private static Parameters withUnusedExpert(Parameters layer, int expert) {
        double[] bias = layer.get("moe.gate.bias").toDoubles();
        bias[expert] = -100;
        return layer.with(Parameters.of(Map.of("moe.gate.bias", Tensor.of(bias, bias.length))));
    }

    private static Parameters withGate(Parameters experts, double[] weights) {
        return experts.with(Parameters.of(Map.of(
                "moe.gate.weight", Tensor.of(weights, weights.length, 1),
                "moe.gate.bias", Tensor.zeros(DType.FLOAT64, weights.length))));
    }

    private static void assertEqualOutputs(MoeConfig config, Parameters a, Parameters b) {
        Tensor x = Random.seeded(9).normal(DType.FLOAT64, 200, a.get("moe.gate.weight").length(1)).multiply(2);
        Verification found = EquivalenceCheck.compare(p -> SingleLayer.forward(config, p, "moe", x), a, b, 1e-12);
        assertThat(found.requireVerified().outputs()).isGreaterThanOrEqualTo(200);
    }
}

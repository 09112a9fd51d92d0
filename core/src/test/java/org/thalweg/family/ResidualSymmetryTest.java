package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.group.Permutation;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.StageSpan;
import org.thalweg.network.moe.Router;
import org.thalweg.network.residual.ResidualConfig;
import org.thalweg.network.residual.ResidualNetwork;
import org.thalweg.network.residual.SampleResiduals;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Derivatives;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The symmetries of Omni-Router, of Switch with a router for each layer, and of AdaMoE. */
class ResidualSymmetryTest {
    private static final int INPUTS = 160;
    private static final double NULL = 1e-12;
    private static final double CLEAR = 1e-8;
    private static final ResidualConfig OMNI = SampleResiduals.omni(true, 4, 4);
    private static final ResidualConfig ADDITIVE =
            SampleResiduals.adamoe(1, 4, Optional.of(Router.Decoupling.ADDITIVE));
    private static final ResidualConfig CONCATENATED =
            SampleResiduals.adamoe(1, 4, Optional.of(Router.Decoupling.CONCATENATED));

    static List<ResidualConfig> configurations() {
        return List.of(OMNI, SampleResiduals.omni(true, 4), SampleResiduals.omni(false, 4, 2),
                SampleResiduals.dense(false), SampleResiduals.dense(true), ADDITIVE, CONCATENATED,
                SampleResiduals.adamoe(2, 3, Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void everyElementOfTheGroupLeavesTheOutputsEqual(ResidualConfig config) {
        for (long seed = 1; seed <= 5; seed++) {
            try (Scope scope = Scope.open()) {
                Parameters model = SampleResiduals.model(ResidualArchitecture.network(config), seed);
                Alignment element = ResidualArchitecture.of(config, model).random(Random.seeded(seed));
                compare(config, model, element.apply(model)).requireVerified();
                compare(config, element.inverse().apply(model), model).requireVerified();
            }
        }
    }

    @Test
    void anOrderOfOneLayersExpertsAloneChangesOutputs() {
        Permutation cycle = new Permutation(new int[] {1, 2, 3, 0});
        assertVisible(OMNI, model -> experts(model, "blocks.1.moe.experts.", cycle));
        assertVisible(OMNI, model -> router(experts(model, "blocks.1.moe.experts.", cycle), "router.", cycle));
    }

    @Test
    void aFactorOfTheRouterChangesOutputsSinceTheChosenProbabilityIsTheWeight() {
        assertVisible(OMNI, model -> model.mapNamed((name, tensor) ->
                name.startsWith("router.") ? tensor.multiply(1.7) : tensor));
    }

    @Test
    void aGainOfOneLayerAloneChangesOutputs() {
        assertVisible(OMNI, model -> model.mapNamed((name, tensor) ->
                name.startsWith("blocks.0.norm.") ? tensor.multiply(2)
                        : name.matches("(router|blocks.0.moe.experts.\\d.dense.0).weight")
                                ? tensor.multiply(0.5) : tensor));
    }

    @Test
    void aCommonShiftOfAnAdditiveAdaptersRowsChangesOutputs() {
        Tensor shift = Tensor.of(new double[] {1, -1, 0.5, 0, 2}, 1, 5);
        assertVisible(ADDITIVE, model -> replaced(model, "blocks.0.mlp.adapter.weight", w -> w.add(shift)));
        try (Scope scope = Scope.open()) {
            Parameters model = SampleResiduals.model(ResidualArchitecture.network(CONCATENATED), 7);
            compare(CONCATENATED, model, replaced(model, "blocks.0.mlp.adapter.weight", w -> w.add(shift)))
                    .requireVerified();
        }
    }

    @Test
    void anOrderOfTheAdaptersRowsOrOfTheRoutersAloneChangesOutputs() {
        Permutation cycle = new Permutation(new int[] {1, 2, 3, 0});
        assertVisible(ADDITIVE, model -> router(model, "blocks.0.mlp.adapter.", cycle));
        assertVisible(ADDITIVE, model -> router(
                experts(model, "blocks.0.mlp.experts.", cycle), "blocks.0.mlp.gate.", cycle));
        assertVisible(CONCATENATED, model -> router(router(router(experts(model, "blocks.0.mlp.experts.", cycle),
                "blocks.0.mlp.gate.", cycle), "blocks.0.mlp.adapter.", cycle),
                "blocks.0.mlp.probability_adapter.", cycle));
    }

    @Test
    void aSignOfAGatedUnitsGateChangesOutputs() {
        assertVisible(ADDITIVE, model -> model.mapNamed((name, tensor) ->
                name.startsWith("blocks.0.mlp.shared_experts.gate") || name.contains("shared_experts.down")
                        ? tensor.multiply(-1) : tensor));
    }

    /** Any order for the router and for each of two layers: of 3 experts 6 of 216, of 4 those of the router's order. */
    @Test
    void bruteForceFindsTheDiagonalAlone() {
        assertThat(diagonal(3, Permutation.all(3))).isEqualTo(6);
        // Whatever order the router has, moving all back by it leaves the identity there: 24 times this of 13,824.
        assertThat(diagonal(4, List.of(Permutation.identity(4)))).isEqualTo(1);
        try (Scope scope = Scope.open()) {
            Architecture bound = ResidualArchitecture.of(
                    OMNI, SampleResiduals.model(ResidualArchitecture.network(OMNI), 1));
            // Orders of the units of 8 experts stand inside; the signs of 5 gains count too.
            assertThat(bound.log10Order()).isCloseTo(Math.log10(24 * Math.pow(6, 8) * 32), within(1e-9));
        }
    }

    private static int diagonal(int experts, List<Permutation> ofRouter) {
        ResidualConfig config = SampleResiduals.omni(true, experts, experts);
        int found = 0;
        try (Scope scope = Scope.open()) {
            Parameters model = SampleResiduals.model(ResidualArchitecture.network(config), 3);
            for (Permutation first : ofRouter) {
                for (Permutation second : Permutation.all(experts)) {
                    for (Permutation third : Permutation.all(experts)) {
                        try (Scope one = Scope.open()) {
                            Parameters moved = experts(experts(router(model, "router.", first),
                                    "blocks.0.moe.experts.", second), "blocks.1.moe.experts.", third);
                            found += compare(config, model, moved).verified() ? 1 : 0;
                        }
                    }
                }
            }
        }
        return found;
    }

    @Test
    void bruteForceFindsTheCommonOrderOfRouterAdapterAndExpertsAlone() {
        ResidualConfig config = SampleResiduals.adamoe(1, 3, Optional.of(Router.Decoupling.ADDITIVE));
        int found = 0;
        try (Scope scope = Scope.open()) {
            Parameters model = SampleResiduals.model(ResidualArchitecture.network(config), 3);
            for (Permutation first : Permutation.all(3)) {
                for (Permutation second : Permutation.all(3)) {
                    for (Permutation third : Permutation.all(3)) {
                        try (Scope one = Scope.open()) {
                            Parameters moved = experts(router(router(model, "blocks.0.mlp.gate.", first),
                                    "blocks.0.mlp.adapter.", second), "blocks.0.mlp.experts.", third);
                            found += compare(config, model, moved).verified() ? 1 : 0;
                        }
                    }
                }
            }
        }
        assertThat(found).isEqualTo(6);
    }

    /** What no specification moves: see the comments of omni-router.yaml and docs/spec.md. */
    static List<Arguments> dimensions() {
        int shears = 2 * 4 * 3;
        return List.of(
                // Gains 5, translation 6, ReLU units 24; not moved: shifts 5 + (5 - 3), shears of the experts.
                Arguments.of("omni", OMNI, 5 + 6 + 24, 5 + 2 + shears),
                // The same for each layer; shifts 5 each, shears of each router 4 - 1.
                Arguments.of("switch", SampleResiduals.omni(false, 4, 4), 2 * (5 + 6) + 24, 2 * (5 + 3) + shears),
                // Gain 5, translation of the router 5, units of 4 experts and the shared one 15.
                Arguments.of("additive", ADDITIVE, 25, 0),
                // Translations of the adapter's rows, 5 for the token and 4 for the probabilities.
                Arguments.of("concatenated", CONCATENATED, 34, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dimensions")
    void nullDirectionsAreThoseOfTheGroup(String name, ResidualConfig config, int moved, int notMoved) {
        int fewest = Integer.MAX_VALUE;
        // An expert that few inputs choose adds directions, so the fewest of several models count.
        for (long seed = 1; seed <= 3; seed++) {
            try (Scope scope = Scope.open()) {
                ResidualNetwork network = ResidualArchitecture.network(config);
                Parameters model = kinked(network, SampleResiduals.model(network, seed));
                assertThat(ResidualArchitecture.of(config, model).dimension()).isEqualTo(moved);
                fewest = Math.min(fewest, nullity(network, model));
            }
        }
        assertThat(fewest).as(name).isEqualTo(moved + notMoved);
    }

    /**
     * The model with biases of ReLU experts' units at which half of the inputs that choose the expert reach the unit:
     * units that none or all of them reach would add directions.
     */
    private static Parameters kinked(ResidualNetwork network, Parameters model) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(model.asMap());
        for (int block = 0; block < network.config().blocks().size(); block++) {
            String place = "blocks." + block + ".moe.experts.";
            List<Tensor> entering = new ArrayList<>();
            List<long[]> chosen = new ArrayList<>();
            network.run(Parameters.of(tensors), SampleResiduals.inputs(INPUTS, 8), new StageSpan(0, block + 1),
                    watching(entering, chosen));
            for (int expert = 0; tensors.containsKey(place + expert + ".dense.0.bias"); expert++) {
                int number = expert;
                long[] routes = chosen.getLast();
                long[] own = IntStream.range(0, INPUTS).filter(i -> routes[i] == number).asLongStream().toArray();
                Tensor scores = entering.getLast().indexSelect(0, Tensor.of(own, own.length))
                        .matmul(tensors.get(place + expert + ".dense.0.weight").transpose(0, 1)).transpose(0, 1);
                double[] biases = new double[SampleResiduals.HIDDEN];
                for (int unit = 0; unit < biases.length; unit++) {
                    double[] sorted = Arrays.stream(scores.select(0, unit).toDoubles()).sorted().toArray();
                    biases[unit] = -(sorted[sorted.length / 2] + sorted[sorted.length / 2 - 1]) / 2;
                }
                tensors.put(place + expert + ".dense.0.bias", Tensor.of(biases, biases.length));
            }
        }
        return Parameters.of(tensors);
    }

    private static ExpertChoice watching(List<Tensor> entering, List<long[]> chosen) {
        return new ExpertChoice() {
            @Override
            public void look(String layer, Tensor vectors, boolean isShiftFree) {
                entering.add(vectors);
            }

            @Override
            public Tensor decide(String layer, Tensor experts) {
                chosen.add(experts.toLongs());
                return experts;
            }
        };
    }

    private static int nullity(ResidualNetwork network, Parameters model) {
        Tensor inputs = SampleResiduals.inputs(INPUTS, 8);
        int outputs = SampleResiduals.OUTPUTS;
        Tensor jacobian = Derivatives.byGradients((int) inputs.length(0) * outputs, (leaves, at) -> network
                .forward(leaves, inputs.narrow(0, at / outputs, 1)).reshape(-1).select(0, at % outputs), model);
        double[] values = LinearAlgebra.svd(jacobian).s().toDoubles();
        int nullity = 0;
        for (double value : values) {
            double relative = value / values[0];
            assertThat(relative < NULL || relative > CLEAR).as("%s is clearly one or the other", relative).isTrue();
            nullity += relative < NULL ? 1 : 0;
        }
        return nullity;
    }

    private static Parameters router(Parameters model, String prefix, Permutation order) {
        return model.mapNamed((name, tensor) -> name.startsWith(prefix) ? order.applyTo(tensor, 0) : tensor);
    }

    private static Parameters experts(Parameters model, String prefix, Permutation order) {
        List<String> places = IntStream.range(0, order.size()).mapToObj(i -> prefix + i + ".").toList();
        return model.mapNamed((name, tensor) -> IntStream.range(0, order.size())
                .filter(i -> name.startsWith(places.get(i))).boxed().findFirst()
                .map(i -> model.get(name.replace(places.get(i), places.get(order.image(i)))))
                .orElse(tensor));
    }

    private static Parameters replaced(Parameters model, String tensor, UnaryOperator<Tensor> change) {
        return model.mapNamed((name, value) -> name.equals(tensor) ? change.apply(value) : value);
    }

    private static Verification compare(ResidualConfig config, Parameters model, Parameters moved) {
        ResidualNetwork network = ResidualArchitecture.network(config);
        Tensor inputs = SampleResiduals.inputs(64, 5);
        return EquivalenceCheck.compare(parameters -> network.forward(parameters, inputs), model, moved, 1e-9);
    }

    private static void assertVisible(ResidualConfig config, UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Parameters model = SampleResiduals.model(ResidualArchitecture.network(config), 7);
            Verification found = compare(config, model, change.apply(model).to(DType.FLOAT64));
            assertThat(found.verified()).isFalse();
            assertThat(found.maxAbsDifference()).isGreaterThan(1e-3);
        }
    }
}

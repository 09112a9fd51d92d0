package org.thalweg.network.residual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ResidualArchitecture;
import org.thalweg.network.moe.Router;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class ResidualNetworkTest {
    @Test
    void aRouterOfAllLayersIsOneTensorThatEveryBlockReads() {
        ResidualNetwork omni = ResidualArchitecture.network(SampleResiduals.omni(true, 4, 4, 4));
        assertThat(omni.routers()).containsExactly("router.weight");
        assertThat(omni.tensors().get("router.weight").stages()).containsExactly(0, 1, 2);
        assertThat(omni.tensors().get("router.bias").stages()).containsExactly(0, 1, 2);
        ResidualNetwork own = ResidualArchitecture.network(SampleResiduals.omni(false, 4, 2));
        assertThat(own.routers()).containsExactly("blocks.0.moe.gate.weight", "blocks.1.moe.gate.weight");
        assertThat(own.tensors().get("blocks.1.moe.gate.weight").lengths()).containsExactly(2, 5);
    }

    @Test
    void aRouterOfLayersWithUnequalNumbersOfExpertsIsRefused() {
        assertThatThrownBy(() -> SampleResiduals.omni(true, 4, 4, 8))
                .isInstanceOf(WrongUse.class)
                .hasMessage("one router serves all layers, so all need the same number of experts, not [4, 4, 8]; "
                        + "give them one number, or a router each.");
    }

    @Test
    void stagesRunOneAfterAnotherAreTheWhole() {
        try (Scope scope = Scope.open()) {
            ResidualNetwork network = ResidualArchitecture.network(SampleResiduals.omni(true, 4, 4));
            Parameters model = SampleResiduals.model(network, 1);
            Tensor x = SampleResiduals.inputs(9, 2);
            Tensor state = x;
            for (int stage = 0; stage < network.stages(); stage++) {
                int now = stage;
                state = network.run(model.filter(name -> network.reads(now, name)), state, stage, stage + 1);
            }
            assertThat(state.sameAs(network.forward(model, x))).isTrue();
        }
    }

    /** The layer by the formulas, number by number. */
    @ParameterizedTest
    @EnumSource(Router.Decoupling.class)
    void weightsOfDecoupledExpertsAreThoseOfTheFormula(Router.Decoupling kind) {
        try (Scope scope = Scope.open()) {
            ResidualNetwork network =
                    ResidualArchitecture.network(SampleResiduals.adamoe(1, 4, Optional.of(kind)));
            Parameters model = SampleResiduals.model(network, 4);
            Tensor x = SampleResiduals.inputs(6, 3);
            double[] outputs = network.forward(model, x).toDoubles();
            for (int token = 0; token < 6; token++) {
                double[] expected = expected(model, kind, x.select(0, token).toDoubles());
                for (int i = 0; i < expected.length; i++) {
                    assertThat(outputs[token * expected.length + i]).isCloseTo(expected[i], within(1e-12));
                }
            }
        }
    }

    private static double[] expected(Parameters model, Router.Decoupling kind, double[] x) {
        double square = 1e-6;
        for (double value : x) {
            square += value * value / x.length;
        }
        double[] gain = model.get("blocks.0.post_attention_layernorm.weight").toDoubles();
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = gain[i] * x[i] / Math.sqrt(square);
        }
        String mlp = "blocks.0.mlp.";
        double[] p = softmax(times(model.get(mlp + "gate.weight"), y));
        double[] adapted = times(model.get(mlp + "adapter.weight"), y);
        int best = 0;
        for (int i = 1; i < p.length; i++) {
            best = p[i] > p[best] ? i : best;
        }
        double weight = switch (kind) {
            case ADDITIVE -> p[best] + adapted[best];
            case CONCATENATED ->
                softmax(sum(adapted, times(model.get(mlp + "probability_adapter.weight"), p), 1))[best];
        };
        double[] routed = geglu(model, mlp + "experts." + best + ".", y);
        double[] shared = geglu(model, mlp + "shared_experts.", y);
        double[] stream = sum(x, sum(shared, routed, weight), 0.5);
        return sum(times(model.get("head.weight"), stream), model.get("head.bias").toDoubles(), 1);
    }

    private static double[] geglu(Parameters model, String place, double[] y) {
        double[] gate = times(model.get(place + "gate_proj.weight"), y);
        double[] hidden = times(model.get(place + "up_proj.weight"), y);
        for (int i = 0; i < hidden.length; i++) {
            double g = gate[i];
            hidden[i] *= 0.5 * g * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (g + 0.044715 * g * g * g)));
        }
        return times(model.get(place + "down_proj.weight"), hidden);
    }

    private static double[] sum(double[] one, double[] other, double factor) {
        double[] sum = one.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * other[i];
        }
        return sum;
    }

    private static double[] softmax(double[] logits) {
        double[] result = logits.clone();
        double all = 0;
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.exp(result[i]);
            all += result[i];
        }
        for (int i = 0; i < result.length; i++) {
            result[i] /= all;
        }
        return result;
    }

    private static double[] times(Tensor matrix, double[] vector) {
        double[] numbers = matrix.toDoubles();
        double[] result = new double[numbers.length / vector.length];
        for (int i = 0; i < numbers.length; i++) {
            result[i / vector.length] += numbers[i] * vector[i % vector.length];
        }
        return result;
    }

    @Test
    void firstWeightsAreFloat32AndNormalisationsDoNothing() {
        try (Scope scope = Scope.open()) {
            for (ResidualConfig config : List.of(SampleResiduals.omni(true, 4, 4), SampleResiduals.dense(true))) {
                ResidualNetwork network = ResidualArchitecture.network(config);
                Parameters model = network.initialise(Random.seeded(1));
                assertThat(model.names()).containsExactlyElementsOf(network.tensors().keySet());
                model.asMap().forEach((name, tensor) -> {
                    if (name.contains("norm")) {
                        assertThat(tensor.toDoubles()).containsOnly(name.endsWith("bias") ? 0 : 1);
                    }
                });
            }
        }
    }
}

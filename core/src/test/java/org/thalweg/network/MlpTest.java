package org.thalweg.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.family.MlpFamily;
import org.thalweg.family.SmallConfigs;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class MlpTest {
    @ParameterizedTest
    @EnumSource(UnitFunction.class)
    void outputsFollowTheFormulas(UnitFunction activation) {
        try (Scope scope = Scope.open()) {
            Mlp network = MlpFamily.network(new MlpConfig(List.of(4, 6, 5, 3), activation));
            Parameters model = network.initialise(Random.seeded(1)).to(DType.FLOAT64);
            double[][] x = {{0.3, -1, 2, 0.5}, {1, 1, -0.2, 0}};
            double[][] expected = x;
            for (int map = 0; map < 3; map++) {
                expected = PlainLinear.apply(
                        model, "fc." + map, map == 0 ? expected : PlainLinear.activate(activation, expected));
            }
            double[] found = network.forward(
                    model, Tensor.of(new double[] {0.3, -1, 2, 0.5, 1, 1, -0.2, 0}, 2, 4)).toDoubles();
            for (int i = 0; i < 6; i++) {
                assertThat(found[i]).isCloseTo(expected[i / 3][i % 3], within(1e-12));
            }
        }
    }

    @Test
    void stagesReadTheirOwnMapOnly() {
        try (Scope scope = Scope.open()) {
            Mlp network = MlpFamily.network(new MlpConfig(List.of(4, 6, 3), UnitFunction.RELU));
            Parameters model = network.initialise(Random.seeded(2));
            Tensor x = Random.seeded(3).normal(DType.FLOAT32, 7, 4);
            Tensor state = x;
            for (int stage = 0; stage < network.stages(); stage++) {
                int now = stage;
                state = network.run(model.filter(name -> network.stageOf(name) == now), state, stage, stage + 1);
            }
            assertThat(state.sameAs(network.forward(model, x))).isTrue();
            assertThat(network.tensors().keySet()).containsExactlyInAnyOrderElementsOf(model.names());
            network.tensors().forEach((name, tensor) ->
                    assertThat(model.get(name).shape()).containsExactly(tensor.lengths()));
            assertThatThrownBy(() -> network.stageOf("fc.2.weight"))
                    .hasMessage("no stage of this network reads a tensor 'fc.2.weight'");
        }
    }

    @Test
    void configurationsAreReadAsWritten() {
        MlpConfig config = new MlpConfig(List.of(4, 6, 3), UnitFunction.RELU);
        assertThat(SmallConfigs.network(config.toJson()).configuration()).isEqualTo(config);
        ObjectNode json = config.toJson();
        assertThatThrownBy(() -> SmallConfigs.network(json.deepCopy().put("activation", "tanh")))
                .hasMessage("config.json of a mlp model: 'activation' must be gelu or relu, found \"tanh\"");
        ObjectNode words = json.deepCopy();
        words.putArray("sizes").add("many");
        assertThatThrownBy(() -> SmallConfigs.network(words))
                .hasMessage("config.json of a mlp model: 'sizes' must be an array of whole numbers, found [\"many\"]");
        assertThatThrownBy(() -> new MlpConfig(List.of(4, 3), UnitFunction.GELU))
                .hasMessage("an mlp has inputs, one or more hidden layers and outputs, each at least 1 wide, not "
                        + "[4, 3].");
    }
}

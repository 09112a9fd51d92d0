package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.AxisMap;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Matrices of elements move a model as the alignment of these elements does. */
class MatrixActionTest {
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "gpt_neox", "phi3", "gemma", "qwen2"})
    void matricesOfElementsMoveAsTheirAlignment(String family) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = SmallConfigs.of(family);
            Parameters model = SmallConfigs.decoder(config).initialise(Random.seeded(1)).to(DType.FLOAT64);
            Architecture architecture = SmallConfigs.architecture(config, model);
            List<String> orders = architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() == GroupKind.PERMUTATION
                            || space.group().kind() == GroupKind.SIGNED_PERMUTATION)
                    .map(Space::name)
                    .toList();
            Alignment element = architecture.random(Random.seeded(2), orders);
            Map<String, Tensor> matrices = new LinkedHashMap<>();
            element.elements().forEach((space, map) -> matrices.put(space, ((AxisMap) map).applyTo(
                    Tensor.of(LinearMap.identity(map.size()).entries(), map.size(), map.size()), 0)));
            assertThat(matrices).isNotEmpty();
            Parameters expected = element.apply(model);
            Parameters moved = new MatrixAction(architecture, matrices).apply(model);
            for (String name : model.names()) {
                assertThat(moved.get(name).subtract(expected.get(name)).abs().max()).describedAs(name)
                        .isLessThan(1e-12);
            }
        }
    }
}

package org.thalweg.canonical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.Verification;
import org.thalweg.group.GroupElement;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class CanonicalFormsTest {
    static Stream<CanonicalModels.Model> models() {
        return CanonicalModels.all();
    }

    private static Parameters canonical(Architecture architecture, Parameters model) {
        return Gauge.of(architecture, model::get)
                .foldingGains()
                .centringRouters()
                .balancingUnits()
                .orientingUnits()
                .balancingBases()
                .orientingBases()
                .alignment()
                .apply(model);
    }

    /** A random element in all spaces whose groups are continuous and of which the forms leave nothing open. */
    private static Alignment continuous(Architecture architecture, Random random) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        architecture.spaces().values().forEach(space -> {
            switch (space.group().kind()) {
                case POSITIVE_SCALING, SIGNED_SCALING, TRANSLATION, INVERTIBLE, ROTARY_HALVES, ROTARY_PAIRS ->
                    elements.put(space.name(), space.group().random(random));
                default -> { }
            }
        });
        return new Alignment(architecture, elements);
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModelOfAFunctionHasTheSameCanonicalForm(CanonicalModels.Model family) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(21);
            Parameters model = family.parameters(random);
            Architecture architecture = family.architecture(model);
            Parameters expected = canonical(architecture, model);
            Verification found = family.compare(model, expected);
            assertThat(found.verified()).describedAs(found.toString()).isTrue();
            for (int round = 0; round < 3; round++) {
                Alignment element = continuous(architecture, random);
                assertThat(element.elements()).isNotEmpty();
                CanonicalModels.assertClose(canonical(architecture, element.apply(model)), expected, 1e-8);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void circuitsAreTheSameInEveryBasis(CanonicalModels.Model family) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(22);
            Parameters model = family.parameters(random);
            Architecture architecture = family.architecture(model);
            Map<String, GroupElement> elements = new LinkedHashMap<>();
            architecture.spaces().values().stream()
                    .filter(space -> Bases.isBasis(space.group()))
                    .forEach(space -> elements.put(space.name(), space.group().random(random)));
            Parameters moved = new Alignment(architecture, elements).apply(model);
            elements.keySet().forEach(space -> {
                Tensor before = Circuits.of(architecture, model::get, space);
                Tensor after = Circuits.of(architecture, moved::get, space);
                assertThat(after.subtract(before).abs().max()).describedAs(space)
                        .isLessThan(1e-10 * before.abs().max());
            });
        }
    }

    @Test
    void theQueryKeyCircuitOfBertIsTheProductOfItsMaps() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("bert");
            Parameters model = family.parameters(Random.seeded(23));
            Tensor circuit = Circuits.of(family.architecture(model), model::get, "layers.0.heads.2.query_key");
            assertThat(circuit.shape()).containsExactly(1, 17, 17);
            String layer = "bert.encoder.layer.0.attention.self.";
            Tensor query = model.get(layer + "query.weight").narrow(0, 8, 4);
            Tensor key = model.get(layer + "key.weight").narrow(0, 8, 4);
            Tensor product = query.transpose(0, 1).matmul(key);
            assertThat(circuit.select(0, 0).narrow(0, 0, 16).narrow(1, 0, 16).subtract(product).abs().max())
                    .isLessThan(1e-14);
        }
    }

    @Test
    void aMapThatIsNoSymmetryChangesTheCircuit() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("llama");
            Parameters model = family.parameters(Random.seeded(24));
            Architecture architecture = family.architecture(model);
            String space = "layers.0.attention.kv_groups.1.query_key";
            Tensor before = Circuits.of(architecture, model::get, space);
            String key = "model.layers.0.self_attn.k_proj.weight";
            Parameters other = model.with(Parameters.of(Map.of(key, model.get(key).multiply(1.01))));
            assertThat(Circuits.of(architecture, other::get, space).subtract(before).abs().max())
                    .isGreaterThan(1e-3 * before.abs().max());
        }
    }

    @Test
    void onlyBasesHaveCircuits() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("llama");
            Parameters model = family.parameters(Random.seeded(25));
            Architecture architecture = family.architecture(model);
            assertThatThrownBy(() -> Circuits.of(architecture, model::get, "vocabulary"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the space 'vocabulary' has the group 'none', which has no circuits; invertible and "
                            + "rotary maps have");
        }
    }

    @Test
    void canonicalBasesHaveDiagonalGramsAndPositiveLargestWeights() {
        try (Scope scope = Scope.open()) {
            CanonicalModels.Model family = new CanonicalModels.Model("llama");
            Parameters model = family.parameters(Random.seeded(26));
            Parameters found = canonical(family.architecture(model), model);
            Tensor value = found.get("model.layers.0.self_attn.v_proj.weight").narrow(0, 0, 4);
            double[] gram = value.matmul(value.transpose(0, 1)).toDoubles();
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    if (i != j) {
                        assertThat(gram[4 * i + j]).isCloseTo(0, within(1e-12));
                    }
                }
                assertThat(i == 0 || gram[5 * i] < gram[5 * (i - 1)]).isTrue();
                assertThat(value.select(0, i).max()).isEqualTo(value.select(0, i).abs().max());
            }
        }
    }
}

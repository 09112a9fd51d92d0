package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.family.VitFamily;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Scaling;
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

class AlignmentProperties {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyElementOfTheGroupLeavesALayersOutputsEqual(long seed) {
        for (long number = 5 * seed; number < 5 * seed + 5; number++) {
            try (Scope scope = Scope.open()) {
                MoeConfig config = SampleModels.config(number);
                Random random = Random.seeded(number);
                Parameters layer = SampleModels.layer(config, random);
                Alignment g = ModelArchitecture.ofLayer(config, layer).random(random);
                assertThat(found(config, layer, g.apply(layer), random).requireVerified().outputs()).isEqualTo(64 * 6);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyElementOfTheGroupLeavesAVitsLogitsEqual(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            VitConfig vit = SampleModels.vit(config);
            Parameters model = SampleModels.vitParameters(vit, random);
            Alignment g = ModelArchitecture.ofVit(vit, model).random(random);
            Tensor images = random.normal(DType.FLOAT64, 5, 1, 4, 4);
            EquivalenceCheck.compare(p -> VitFamily.network(vit).forward(p, images), model, g.apply(model), 1e-9)
                    .requireVerified();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void alignmentsFormAGroupThatActsOnWholeModels(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            VitConfig vit = SampleModels.vit(config);
            Parameters model = SampleModels.vitParameters(vit, random);
            Architecture architecture = ModelArchitecture.ofVit(vit, model);
            Alignment a = architecture.random(random);
            Alignment b = architecture.random(random);
            Alignment c = architecture.random(random);
            assertEqual(a.compose(b).apply(model), a.apply(b.apply(model)), 1e-9);
            assertEqual(a.compose(b).compose(c).apply(model), a.compose(b.compose(c)).apply(model), 1e-9);
            assertEqual(a.inverse().apply(a.apply(model)), model, 1e-9);
            assertEqual(a.compose(a.inverse()).apply(model), model, 1e-9);
            assertEqual(a.inverse().compose(a).apply(model), model, 1e-9);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void permutationsAloneComeBackBitForBit(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            VitConfig vit = SampleModels.vit(config);
            Parameters model = SampleModels.vitParameters(vit, random).to(DType.FLOAT32);
            Alignment a = permutations(ModelArchitecture.ofVit(vit, model), random);
            assertEqual(a.inverse().apply(a.apply(model)), model, 0);
            assertThat(a.inverse().inverse()).isEqualTo(a);
            assertThat(a.compose(a.inverse()).elements()).isEmpty();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void survivesItsFile(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters layer = SampleModels.layer(config, random);
            Architecture architecture = ModelArchitecture.ofLayer(config, layer);
            Alignment g = architecture.random(random);
            String json = AlignmentFile.toJson(g);
            Alignment back = AlignmentFile.parse(json, architecture, "test");
            assertThat(back).isEqualTo(g);
            assertThat(AlignmentFile.toJson(back)).isEqualTo(json);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void topOneLeavesTheGatesScaleFree(long seed) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            MoeConfig config = new MoeConfig(4, new Gating.Sparse(1), List.of(5), UnitFunction.GELU);
            Parameters layer = SampleModels.layer(config, random);
            Architecture architecture = ModelArchitecture.ofLayer(config, layer);
            Alignment g = architecture.identity().with("moe.gate_scale", new Scaling(new double[] {1.7}));
            assertThat(found(config, layer, g.apply(layer), random).verified()).isTrue();
            assertThat(g.apply(layer).get("moe.gate.weight").toDoubles()[0])
                    .isEqualTo(1.7 * layer.get("moe.gate.weight").toDoubles()[0]);
        }
    }

    private static Alignment permutations(Architecture architecture, Random random) {
        return architecture.random(random, architecture.spaces().values().stream()
                .filter(space -> space.group().kind() == GroupKind.PERMUTATION)
                .map(Space::name)
                .toList());
    }

    private static Verification found(MoeConfig config, Parameters before, Parameters after, Random random) {
        Tensor x = SampleModels.inputs(random);
        return EquivalenceCheck.compare(p -> SingleLayer.forward(config, p, "moe", x), before, after, 1e-9);
    }

    private static void assertEqual(Parameters actual, Parameters expected, double tolerance) {
        assertThat(actual.names()).containsExactlyElementsOf(expected.names());
        expected.asMap().forEach((name, tensor) -> assertThat(
                        actual.get(name).subtract(tensor).abs().max())
                .describedAs(name)
                .isLessThanOrEqualTo(tolerance * Math.max(1, tensor.abs().max())));
    }
}

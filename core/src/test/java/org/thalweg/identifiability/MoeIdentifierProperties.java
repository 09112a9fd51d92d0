package org.thalweg.identifiability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.group.Scaling;
import org.thalweg.group.Translation;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class MoeIdentifierProperties {
    private static final IdentificationSettings SETTINGS = new IdentificationSettings(1e-9, 128, 1);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void findsThePlantedElementOfTheWholeGroup(long seed) {
        for (long number = 2 * seed; number < 2 * seed + 2; number++) {
            MoeConfig config = SampleModels.config(number);
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(number);
                Parameters a = SampleModels.layer(config, random);
                Architecture architecture = ModelArchitecture.ofLayer(config, a);
                Alignment planted = architecture.random(random);
                Identification found = identify(config, a, planted.apply(a));
                assertThat(found).isInstanceOf(Identification.Related.class);
                Identification.Related related = (Identification.Related) found;
                assertThat(related.order()).isEqualTo(planted.permutation("moe.experts"));
                assertThat(related.weightShift())
                        .containsExactly(
                                ((Translation) planted.element("moe.gate_weight_shift")).offsets(), within(1e-8));
                assertThat(related.biasShift())
                        .isCloseTo(((Translation) planted.element("moe.gate_bias_shift")).offsets()[0], within(1e-8));
                if (architecture.spaces().containsKey("moe.gate_scale")) {
                    assertThat(related.gateScale())
                            .isCloseTo(((Scaling) planted.element("moe.gate_scale")).factors()[0], within(1e-8));
                }
                assertThat(related.residuals().outputs()).isLessThan(1e-9);
                assertThat(related.weights()).isPresent();
                planted.elements().keySet().stream()
                        .filter(space -> space.contains("hidden"))
                        .forEach(space -> assertThat(related.weights().get().element(space))
                                .isEqualTo(planted.element(space)));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void aPerturbedCopyIsUnrelated(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters a = SampleModels.layer(config, random);
            Alignment planted = ModelArchitecture.ofLayer(config, a).random(random);
            Parameters b = planted.apply(a).map(
                    tensor -> tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(1e-3)));
            Identification found = identify(config, a, b);
            assertThat(found).isInstanceOf(Identification.Unrelated.class);
            assertThat(((Identification.Unrelated) found).residuals().outputs()).isGreaterThan(1e-6);
            assertThat(((Identification.Unrelated) found).why())
                    .startsWith("The outputs differ by up to ")
                    .endsWith("no order of the experts makes the gates equal up to a common shift.");
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void aChangedExpertBehindEqualGatesIsNamed(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters a = SampleModels.layer(config, random);
            String bias = "moe.experts.0.dense." + config.hidden().size() + ".bias";
            Parameters b = a.mapNamed((name, tensor) ->
                    name.equals(bias) ? tensor.add(Tensor.ones(DType.FLOAT64, tensor.shape())) : tensor);
            Identification found = identify(config, a, b);
            // An expert that no probe uses may change unseen, but then nothing is claimed about it.
            if (found instanceof Identification.Unrelated(String why, Identification.Residuals residuals)) {
                assertThat(why).endsWith("the gates are equal up to order and shift but the experts behind them are "
                        + "not.");
                assertThat(residuals.gate()).isLessThan(1e-12);
            } else {
                assertThat(found).isInstanceOf(Identification.Undecided.class);
                assertThat(config.gating().selectedOf(config.experts())).isLessThan(config.experts());
            }
        }
    }

    private static Identification identify(MoeConfig config, Parameters a, Parameters b) {
        return MoeIdentifier.identify(
                new MoeFunction(config, a, "moe"), new MoeFunction(config, b, "moe"), SETTINGS);
    }
}

package org.thalweg.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.family.SmallConfigs;
import org.thalweg.family.VitFamily;
import org.thalweg.group.GroupElement;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.Scaling;
import org.thalweg.group.Translation;
import org.thalweg.network.Network;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Small models of every family and layout with a network, and what tests of canonical forms ask of them. */
final class CanonicalModels {
    private CanonicalModels() {}

    /** A model of one architecture. */
    record Model(String name) {
        @Override
        public String toString() {
            return name;
        }

        Network network() {
            return name.startsWith("vit") ? VitFamily.network(vit(name))
                    : SmallConfigs.decoder(config());
        }

        private ObjectNode config() {
            return SmallConfigs.of(name);
        }

        Parameters parameters(Random random) {
            return network() instanceof Decoder decoder
                    ? decoder.initialise(random).to(DType.FLOAT64)
                    : SampleModels.vitParameters(vit(name), random).map(tensor -> tensor.multiply(0.4));
        }

        Architecture architecture(Parameters model) {
            return architecture(model, Set.of());
        }

        Architecture architecture(Parameters model, Set<String> moreFlags) {
            if (name.startsWith("vit")) {
                return ModelArchitecture.ofVit(vit(name), model);
            }
            return SmallConfigs.architecture(config(), model, moreFlags.toArray(String[]::new));
        }

        Tensor outputs(Parameters model) {
            Network network = network();
            if (network instanceof Decoder decoder) {
                int tokens = decoder.config().embedding().positions().isPresent() ? 9 : 12;
                return network.forward(model, Random.seeded(77)
                        .uniform(DType.FLOAT64, 0, decoder.config().embedding().vocabulary(), 8, tokens)
                        .to(DType.INT64));
            }
            return network.forward(model, Random.seeded(78).normal(DType.FLOAT64, 16, 1, 4, 4));
        }

        Verification compare(Parameters before, Parameters after) {
            return EquivalenceCheck.compare(this::outputs, before, after, 1e-9);
        }
    }

    private static VitConfig vit(String name) {
        MoeConfig layer = switch (name) {
            case "vit relu" -> new MoeConfig(4, new Gating.Sparse(2), List.of(5), UnitFunction.RELU);
            case "vit relu deep" -> new MoeConfig(3, new Gating.Dense(), List.of(5, 4, 6), UnitFunction.RELU);
            case "vit relu top-1" -> new MoeConfig(4, new Gating.Sparse(1), List.of(7), UnitFunction.RELU);
            case "vit relu shared" -> new MoeConfig(4, new Gating.DeepSeek(2, 1), List.of(5, 4), UnitFunction.RELU);
            case "vit gelu" -> new MoeConfig(3, new Gating.Sparse(2), List.of(5), UnitFunction.GELU);
            default -> throw new IllegalArgumentException(name);
        };
        return SampleModels.vit(layer);
    }

    static Stream<Model> all() {
        List<Model> models = new ArrayList<>();
        for (String family : SmallConfigs.families()) {
            if (!family.equals("llama4")) {
                models.add(new Model(family));
            }
        }
        Stream.of("vit relu", "vit relu deep", "vit relu top-1", "vit relu shared", "vit gelu")
                .forEach(name -> models.add(new Model(name)));
        return models.stream();
    }

    /** A random element of everything that a balanced gauge chooses: factors, shifts, gains of either sign. */
    static Alignment factorsAndShifts(Architecture architecture, Random random) {
        Set<String> gains = Gains.tensors(architecture).keySet();
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        architecture.spaces().values().forEach(space -> {
            GroupElement any = space.group().random(random);
            switch (any) {
                case Scaling scaling -> elements.put(space.name(),
                        gains.contains(space.name()) ? scaling : positive(scaling));
                case RotaryMap map -> elements.put(space.name(), stretch(map));
                case Translation shift -> elements.put(space.name(), shift);
                default -> { }
            }
        });
        return new Alignment(architecture, elements);
    }

    private static Scaling positive(Scaling scaling) {
        double[] factors = scaling.factors();
        Arrays.setAll(factors, i -> Math.abs(factors[i]));
        return new Scaling(factors);
    }

    private static RotaryMap stretch(RotaryMap map) {
        double[] numbers = map.numbers();
        for (int i = 0; i < numbers.length; i += 2) {
            numbers[i] = Math.hypot(numbers[i], numbers[i + 1]);
            numbers[i + 1] = 0;
        }
        return new RotaryMap(numbers, map.interleaved());
    }

    /** Every weight close to another model's, in units of the largest weight of its tensor. */
    static void assertClose(Parameters found, Parameters expected, double tolerance) {
        assertThat(found.names()).containsExactlyElementsOf(expected.names());
        expected.asMap().forEach((name, tensor) -> assertThat(found.get(name).subtract(tensor).abs().max())
                .describedAs(name)
                .isLessThanOrEqualTo(tolerance * tensor.abs().max()));
    }
}

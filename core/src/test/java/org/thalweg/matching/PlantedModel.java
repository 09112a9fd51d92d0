package org.thalweg.matching;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.canonical.Gains;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderFamily;
import org.thalweg.network.decoder.SmallConfigs;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.FamilyConditions;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A random model of a family with the architecture it is bound to.
 *
 * @param architecture its spaces
 * @param model in float64
 */
record PlantedModel(Architecture architecture, Parameters model) {
    /** A family and one of its layouts. */
    record Case(String family, int layout) {}

    static Stream<Case> cases() {
        return SmallConfigs.variants().stream()
                .filter(variant -> !variant.equals("llama4"))
                .flatMap(variant -> IntStream
                        .range(0, DecoderFamily.named(SmallConfigs.family(variant)).orElseThrow().layouts().size())
                        .mapToObj(layout -> new Case(variant, layout)));
    }

    static PlantedModel of(Case one) {
        return of(SmallConfigs.of(one.family()), one.layout());
    }

    static PlantedModel of(ObjectNode config, int layout) {
        Decoder decoder = DecoderFamily.named(config.path("model_type").asText()).orElseThrow()
                .decoders(config).get(layout);
        Parameters model = decoder.initialise(Random.seeded(3)).to(DType.FLOAT64);
        FamilyConditions family = FamilyConditions.of(config, model.names());
        return new PlantedModel(
                ArchitectureSpec.builtIn(family.specification()).bind(model, family.conditions()), model);
    }

    /** The same with all gains 1, so that the stream may be rotated. */
    PlantedModel folded(ObjectNode config) {
        Set<String> gains = Set.copyOf(Gains.names(architecture));
        Parameters folded = model.mapNamed((name, tensor) ->
                gains.contains(name) ? Tensor.ones(DType.FLOAT64, tensor.shape()) : tensor);
        FamilyConditions family = FamilyConditions.of(config, folded.names());
        return new PlantedModel(ArchitectureSpec.builtIn(family.specification())
                .bind(folded, family.conditions().with(Set.of("folded-norms"))), folded);
    }

    /** An element of the permutations and sign changes of orders, identity in continuous groups. */
    Alignment randomOrders(long seed) {
        return architecture.random(Random.seeded(seed), spaces(Set.of("permutation", "signed permutation")));
    }

    List<String> spaces(Set<String> labels) {
        return architecture.spaces().values().stream()
                .filter(space -> labels.contains(space.group().kind().label()))
                .map(space -> space.name())
                .toList();
    }

    /** The model with Gaussian noise of a part of each tensor's root mean square. */
    Parameters noisy(double noise, long seed) {
        return model.mapNamed((name, tensor) -> {
            Random random = Random.seeded(Random.childSeed(seed, name));
            double deviation = noise * tensor.norm() / Math.sqrt(tensor.size());
            return tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(deviation));
        });
    }

    /** Largest difference of two models' tensors, in units of each tensor's largest number. */
    static double distance(Parameters one, Parameters other) {
        double largest = 0;
        for (String name : one.names()) {
            Tensor difference = one.get(name).subtract(other.get(name)).abs();
            largest = Math.max(largest, difference.max() / Math.max(1e-300, one.get(name).abs().max()));
        }
        return largest;
    }
}

package org.thalweg.matching;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.thalweg.canonical.Gains;
import org.thalweg.family.SmallConfigs;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
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
    /** A family and its variant. */
    record Case(String family) {}

    static Stream<Case> cases() {
        return SmallConfigs.variants().stream().filter(variant -> !variant.equals("llama4")).map(Case::new);
    }

    static PlantedModel of(Case one) {
        return of(SmallConfigs.of(one.family()));
    }

    static PlantedModel of(ObjectNode config) {
        Parameters model = SmallConfigs.decoder(config).initialise(Random.seeded(3)).to(DType.FLOAT64);
        return new PlantedModel(SmallConfigs.architecture(config, model), model);
    }

    /** The same with all gains 1, so that the stream may be rotated. */
    PlantedModel folded(ObjectNode config) {
        Set<String> gains = Set.copyOf(Gains.names(architecture));
        Parameters folded = model.mapNamed((name, tensor) ->
                gains.contains(name) ? Tensor.ones(DType.FLOAT64, tensor.shape()) : tensor);
        return new PlantedModel(SmallConfigs.architecture(config, folded, "folded-norms"), folded);
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

package org.thalweg.matching.learned;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.IndexedName;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * What is learned in all spaces of an architecture.
 *
 * @param architecture of the models
 * @param latents by name of the space
 */
record LatentSpaces(Architecture architecture, Map<String, Latent> latents) {
    /** What can be learned of the parts that are asked for. */
    static LatentSpaces of(Architecture architecture, LearnedMatchSettings settings) {
        Set<String> numbering = architecture.tensors().values().stream()
                .flatMap(layout -> layout.indexedName().places().stream())
                .map(IndexedName.Place::space)
                .collect(Collectors.toSet());
        Map<String, Latent> latents = new LinkedHashMap<>();
        architecture.spaces().forEach((name, space) -> {
            if (space.group().size() > 1 && !numbering.contains(name)) {
                latent(name, space.group(), settings).ifPresent(latent -> latents.put(name, latent));
            }
        });
        return new LatentSpaces(architecture, latents);
    }

    /**
     * What can be learned of the parts that are asked for.
     *
     * @throws WrongUse when that is nothing
     */
    static LatentSpaces required(Architecture architecture, LearnedMatchSettings settings) {
        LatentSpaces spaces = of(architecture, settings);
        if (spaces.latents.isEmpty()) {
            throw new WrongUse("nothing can be learned: the architecture '" + architecture.name()
                    + "' has no space of the parts " + settings.parts() + ".");
        }
        return spaces;
    }

    private static Optional<Latent> latent(String name, Group group, LearnedMatchSettings settings) {
        LearnedMatchSettings.Latents start = settings.latents();
        boolean isStream = name.equals(Architecture.STREAM);
        LearnedMatchSettings.Part part = isStream ? LearnedMatchSettings.Part.STREAM
                : group.kind() == GroupKind.PERMUTATION || group.kind() == GroupKind.SIGNED_PERMUTATION
                ? LearnedMatchSettings.Part.ORDERS
                : LearnedMatchSettings.Part.BASES;
        if (!settings.parts().contains(part)) {
            return Optional.empty();
        }
        return switch (group.kind()) {
            case PERMUTATION, SIGNED_PERMUTATION -> Optional.of(
                    start.softRounds() > 0 && !isStream && group.kind() == GroupKind.PERMUTATION
                            ? new SoftOrder(group.size(), start.softRounds(), start.orderNoise())
                            : new LearnedOrder(group.size(), group.kind() == GroupKind.SIGNED_PERMUTATION,
                                    start.orderScale(), start.orderNoise()));
            case ORTHOGONAL, CENTRED_ORTHOGONAL, INVERTIBLE, ROTARY_HALVES, ROTARY_PAIRS ->
                Optional.of(rotation(RotationBasis.of(group), settings));
            case NONE, TRANSLATION, POSITIVE_SCALING, SIGNED_SCALING -> Optional.empty();
        };
    }

    private static Latent rotation(RotationBasis basis, LearnedMatchSettings settings) {
        double noise = settings.latents().noise();
        return switch (settings.rotation()) {
            case PROJECTION -> ProjectedRotation.of(basis, noise)
                    .orElseGet(() -> new ExponentialRotation(basis, noise));
            case EXPONENTIAL -> new ExponentialRotation(basis, noise);
        };
    }

    /** The numbers at the start, in the current scope. */
    Parameters start(long seed) {
        Map<String, Tensor> numbers = new LinkedHashMap<>();
        latents.forEach((space, latent) ->
                numbers.put(space, latent.start(Random.seeded(Random.childSeed(seed, "start of " + space)))));
        return Parameters.of(numbers);
    }

    /** The matrices of some numbers, with the way back. */
    Map<String, Latent.Point> at(Parameters numbers) {
        Map<String, Latent.Point> points = new LinkedHashMap<>();
        latents.forEach((space, latent) -> points.put(space, latent.at(numbers.get(space))));
        return points;
    }

    /** The nearest alignment. */
    Alignment alignment(Parameters numbers) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        latents.forEach((space, latent) -> elements.put(space, latent.element(numbers.get(space))));
        return new Alignment(architecture, elements);
    }
}

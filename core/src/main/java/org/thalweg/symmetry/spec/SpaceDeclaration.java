package org.thalweg.symmetry.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.group.GroupKind;
import org.thalweg.storage.YamlPlace;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;

/**
 * A family of spaces in a specification.
 *
 * @param place where the declaration stands
 * @param name pattern of the spaces' names
 * @param kind which group acts
 * @param instead by flag the group that acts when that flag is set
 * @param over the space whose positions the element has a coordinate for; without it a vector has one coordinate
 * @param scales scalings that also act on a translation's vector: those of the tensors it is added to
 * @param size name of the size in {@link Conditions} that gives the length, if shapes do not
 * @param guard when the spaces exist
 * @param indices which variables run over the positions of which space
 */
record SpaceDeclaration(
        YamlPlace place,
        NamePattern name,
        GroupKind kind,
        Map<String, GroupKind> instead,
        Optional<NamePattern> over,
        List<Scale> scales,
        Optional<String> size,
        Guard guard,
        IndexTable indices) {
    GroupKind kindIn(Conditions conditions) {
        return instead.entrySet().stream()
                .filter(entry -> conditions.flags().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(kind);
    }
}

package org.thalweg.symmetry;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A family of spaces in a specification.
 *
 * @param name pattern of the spaces' names
 * @param kind which group acts
 * @param over the space whose positions the element has a coordinate for; without it a vector has one coordinate
 * @param scales scalings that also act on a translation's vector: those of the tensors it is added to
 * @param size name of the size in {@link Conditions} that gives the length, if shapes do not
 * @param guard when the spaces exist
 * @param indices which variables of the name run over the positions of which space
 */
record SpaceDeclaration(
        NamePattern name,
        GroupKind kind,
        Optional<NamePattern> over,
        List<Scale> scales,
        Optional<String> size,
        Guard guard,
        Map<String, NamePattern> indices) {}

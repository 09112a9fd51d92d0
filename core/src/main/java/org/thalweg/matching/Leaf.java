package org.thalweg.matching;

import java.util.Optional;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;

/**
 * A space in which an element is to be found.
 *
 * @param space its name in A
 * @param group what may act
 * @param signs the vector of signs along it, if any
 */
record Leaf(String space, Group group, Optional<String> signs) {
    static Leaf of(SpaceTree tree, String space) {
        // Signed orders have signs of their own; what multiplies those is a gain, whose sign the gauge has fixed.
        boolean isOrder = tree.group(space).kind() == GroupKind.PERMUTATION;
        return new Leaf(space, tree.group(space), isOrder ? tree.signsOver(space) : Optional.empty());
    }
}

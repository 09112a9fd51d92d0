package org.thalweg.matching;

import java.util.OptionalDouble;
import org.thalweg.group.Group;

/**
 * What was found in one space.
 *
 * @param space its name
 * @param group what acts there
 * @param moved how many positions the element moves ({@link org.thalweg.group.GroupElement#moved})
 * @param similarity inner product of the weights of A and aligned B that run over the space, divided by the product of
 *     their norms; nothing where none do
 * @param dualityGap certificate of the assignment problem in the units of its costs: how far the order can be from the
 *     best; nothing where none was solved
 * @param by what decided, for people: {@code gate}, {@code expert}, {@code weights}, {@code circuits},
 *     {@code left alone}
 */
public record SpaceMatch(
        String space, Group group, int moved, OptionalDouble similarity, OptionalDouble dualityGap, String by) {}

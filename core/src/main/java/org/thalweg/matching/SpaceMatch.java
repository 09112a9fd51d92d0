package org.thalweg.matching;

import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.thalweg.group.AxisMap;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.group.Translation;

/**
 * What was found in one space.
 *
 * @param space its name
 * @param group what acts there
 * @param moved how many positions come from another place or change their sign; for linear maps and scalings the length
 *     when they act, else 0
 * @param similarity inner product of the weights of A and carried B that run over the space, divided by the product of
 *     their norms; nothing where none do
 * @param dualityGap certificate of the assignment problem in the units of its costs: how far the order can be from the
 *     best; nothing where none was solved
 * @param by what decided, for people: {@code gate}, {@code expert}, {@code weights}, {@code circuits},
 *     {@code left alone}
 */
public record SpaceMatch(
        String space, Group group, int moved, OptionalDouble similarity, OptionalDouble dualityGap, String by) {
    /** How many positions an element moves or turns; all of a linear map or a scaling that acts. */
    static int moved(GroupElement element) {
        return switch (element) {
            case Permutation order -> order.size() - order.fixedPoints();
            case SignedPermutation signed -> {
                boolean[] negative = signed.negative();
                yield (int) IntStream.range(0, negative.length)
                        .filter(i -> negative[i] || signed.unsigned().image(i) != i)
                        .count();
            }
            case AxisMap _, Scaling _, Translation _ -> element.isIdentity() ? 0 : element.size();
        };
    }
}

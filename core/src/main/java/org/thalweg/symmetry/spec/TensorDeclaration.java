package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.storage.YamlPlace;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;

/**
 * A family of tensors in a specification.
 *
 * @param place where the declaration stands
 * @param name pattern of the tensors' names
 * @param role what a network knows the tensors by, if it reads them
 * @param inputsFirst whether a map is stored [in out]
 * @param axes of each tensor, outermost first
 * @param shift the translation space that is added, if any
 * @param scales the scaling spaces that multiply
 * @param partScales for each part of the axis that is a sum, further scaling spaces; empty when there are none
 * @param guard when the tensors exist
 * @param indices which variables run over the positions of which space, in its name and in its axes
 */
record TensorDeclaration(
        YamlPlace place,
        NamePattern name,
        Optional<String> role,
        boolean inputsFirst,
        List<AxisPattern> axes,
        Optional<NamePattern> shift,
        List<Scale> scales,
        List<List<Scale>> partScales,
        Guard guard,
        IndexTable indices) {
    /** How many parts the tensor is made of. */
    int parts() {
        return axes.stream().filter(AxisPattern::isSum).mapToInt(axis -> axis.parts().size()).findFirst().orElse(1);
    }

    /** Number of the axis that is a sum. */
    Optional<Integer> splitAxis() {
        for (int axis = 0; axis < axes.size(); axis++) {
            if (axes.get(axis).isSum()) {
                return Optional.of(axis);
            }
        }
        return Optional.empty();
    }

    /** The factors of one part's axes. */
    List<List<AxisPattern.Term>> axesOf(int part) {
        return axes.stream().map(axis -> axis.isSum() ? axis.products().get(part) : axis.outer()).toList();
    }

    /** The scalings that act on one part. */
    List<Scale> scalesOf(int part) {
        List<Scale> result = new ArrayList<>(scales);
        if (!partScales.isEmpty()) {
            result.addAll(partScales.get(part));
        }
        return result;
    }

    /** Every space this declaration refers to. */
    Set<NamePattern> references() {
        Set<NamePattern> result = new LinkedHashSet<>();
        for (int part = 0; part < parts(); part++) {
            axesOf(part).forEach(axis -> axis.stream()
                    .filter(factor -> !factor.isLength())
                    .forEach(factor -> result.add(factor.name())));
            scalesOf(part).forEach(scale -> result.add(NamePattern.parse(scale.space())));
        }
        shift.ifPresent(result::add);
        indices.restrictedTo(name.variables()).spaces().values().forEach(result::addAll);
        return result;
    }
}

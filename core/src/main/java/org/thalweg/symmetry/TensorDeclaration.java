package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A family of tensors in a specification.
 *
 * @param name pattern of the tensors' names
 * @param axes of each tensor, outermost first; each is the product of its factors, outermost first
 * @param shift the translation space that is added, if any
 * @param scales the scaling spaces that multiply
 * @param guard when the tensors exist
 * @param indices which variables of the name run over the positions of which space
 */
record TensorDeclaration(
        NamePattern name,
        List<List<NamePattern>> axes,
        Optional<NamePattern> shift,
        List<Scale> scales,
        Guard guard,
        Map<String, NamePattern> indices) {
    /** Parses {@code residual}, {@code (heads head_dim)} or a literal length. */
    static List<NamePattern> parseAxis(String text) {
        String inner = text.startsWith("(") && text.endsWith(")") ? text.substring(1, text.length() - 1) : text;
        List<NamePattern> factors = new ArrayList<>();
        for (String factor : inner.strip().split(" +")) {
            factors.add(NamePattern.parse(factor));
        }
        return factors;
    }

    /** Whether a factor of an axis is a plain length and not a space. */
    static boolean isLiteral(NamePattern factor) {
        return factor.toString().matches("[0-9]{1,9}");
    }

    /** Every space this declaration refers to. */
    Set<NamePattern> references() {
        Set<NamePattern> result = new LinkedHashSet<>();
        axes.forEach(axis -> axis.stream().filter(factor -> !isLiteral(factor)).forEach(result::add));
        shift.ifPresent(result::add);
        scales.forEach(scale -> result.add(NamePattern.parse(scale.space())));
        result.addAll(indices.values());
        return result;
    }
}

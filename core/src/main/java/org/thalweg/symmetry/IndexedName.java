package org.thalweg.symmetry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A name in which some numbers are positions of a space: the 3 of {@code moe.experts.3.hidden.0} is a position
 * among the experts. When that space is permuted, the thing of this name takes the place of the thing of another.
 */
public final class IndexedName {
    /** One factor of what a variable runs over: its space, its length, and the variable that stands for it alone. */
    record Digit(Optional<String> variable, NamePattern space, int length) {}

    private final NamePattern pattern;
    private final Map<String, Integer> variables;
    private final Map<String, List<Digit>> indices;
    private final String name;

    IndexedName(NamePattern pattern, Map<String, Integer> variables, Map<String, List<Digit>> indices) {
        this.pattern = pattern;
        this.variables = Map.copyOf(variables);
        this.indices = Map.copyOf(indices);
        this.name = pattern.expand(variables);
    }

    /**
     * The name as it stands.
     *
     * @return for example {@code moe.experts.3.hidden.0}
     */
    public String name() {
        return name;
    }

    /** The name of the thing in B that is put in this place of A, under the permutations among the elements. */
    String source(Map<String, GroupElement> elements) {
        if (indices.isEmpty()) {
            return name;
        }
        Map<String, Integer> targets = new LinkedHashMap<>(variables);
        Map<String, Integer> sources = new LinkedHashMap<>(variables);
        indices.forEach((variable, digits) ->
                sources.put(variable, source(variables.get(variable), digits, targets, elements)));
        return pattern.expand(sources);
    }

    /** Each digit of a position moves by the permutation of its own space, which the digits before it select. */
    private static int source(
            int position, List<Digit> digits, Map<String, Integer> targets, Map<String, GroupElement> elements) {
        int rest = digits.stream().mapToInt(Digit::length).reduce(1, Math::multiplyExact);
        int remainder = position;
        int result = 0;
        for (Digit digit : digits) {
            rest /= digit.length();
            int target = remainder / rest;
            remainder %= rest;
            int from = elements.get(digit.space().expand(targets)) instanceof Permutation order
                    ? order.image(target)
                    : target;
            result += from * rest;
            digit.variable().ifPresent(variable -> targets.put(variable, target));
        }
        return result;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IndexedName that && name.equals(that.name)
                && indices.keySet().equals(that.indices.keySet());
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}

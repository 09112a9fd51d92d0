package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;

/**
 * A name in which some numbers are positions of a space: the 3 of {@code moe.experts.3.hidden.0} is a position
 * among the experts. When that space is permuted, the thing of this name takes the place of the thing of another.
 */
public final class IndexedName {
    /** One factor of what a variable runs over: its space, its length, and the variable that stands for it alone. */
    public record Digit(Optional<String> variable, NamePattern space, int length) {}

    private final NamePattern pattern;
    private final Map<String, Integer> variables;
    private final Map<String, List<Digit>> indices;
    private final String name;

    /**
     * A name of a pattern.
     *
     * @param pattern with a place for each index
     * @param variables values of the layer variables
     * @param indices the digits of each index that a space moves
     */
    public IndexedName(NamePattern pattern, Map<String, Integer> variables, Map<String, List<Digit>> indices) {
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

    /**
     * A position in a space.
     *
     * @param space the space's name
     * @param position among its positions
     */
    public record Place(String space, int position) {}

    /**
     * Where the thing of this name stands: experts.3 of a model with two groups of two experts is in group 1, place 1.
     *
     * @return outermost first; empty when no number in the name is a position
     */
    public List<Place> places() {
        List<Place> places = new ArrayList<>();
        indices.forEach((variable, digits) -> {
            Map<String, Integer> values = new LinkedHashMap<>(variables);
            int rest = digits.stream().mapToInt(Digit::length).reduce(1, Math::multiplyExact);
            int remainder = variables.get(variable);
            for (Digit digit : digits) {
                rest /= digit.length();
                int position = remainder / rest;
                remainder %= rest;
                places.add(new Place(digit.space().expand(values), position));
                digit.variable().ifPresent(bound -> values.put(bound, position));
            }
        });
        return places;
    }

    /**
     * What names of the same kind have in common.
     *
     * @return the name with 0 for every number that is a position
     */
    public String stem() {
        Map<String, Integer> values = new LinkedHashMap<>(variables);
        indices.keySet().forEach(variable -> values.put(variable, 0));
        return pattern.expand(values);
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

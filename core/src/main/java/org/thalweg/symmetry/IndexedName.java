package org.thalweg.symmetry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A name in which some numbers are positions of a space: the 3 of {@code moe.experts.3.hidden.0} is a position
 * among the experts. When that space is permuted, the thing of this name takes the place of the thing of another.
 */
public final class IndexedName {
    private final NamePattern pattern;
    private final Map<String, Integer> variables;
    private final Map<String, String> indices;
    private final String name;

    IndexedName(NamePattern pattern, Map<String, Integer> variables, Map<String, String> indices) {
        this.pattern = pattern;
        this.variables = Map.copyOf(variables);
        this.indices = Collections.unmodifiableMap(new LinkedHashMap<>(indices));
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

    /** The spaces some of whose positions stand in the name, by variable. */
    Map<String, String> indices() {
        return indices;
    }

    NamePattern pattern() {
        return pattern;
    }

    Map<String, Integer> variables() {
        return variables;
    }

    /** The name of the thing in B that is put in this place of A, under the permutations among the elements. */
    String source(Map<String, GroupElement> elements) {
        if (indices.isEmpty()) {
            return name;
        }
        Map<String, Integer> sources = new LinkedHashMap<>(variables);
        indices.forEach((variable, space) -> Optional.ofNullable(elements.get(space))
                .ifPresent(element -> sources.compute(variable, (_, position) -> ((Permutation) element)
                        .image(position))));
        return pattern.expand(sources);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IndexedName that && name.equals(that.name) && indices.equals(that.indices);
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

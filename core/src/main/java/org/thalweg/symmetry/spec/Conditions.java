package org.thalweg.symmetry.spec;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a specification needs to know about one model beyond its tensors' shapes; comes from the model's
 * configuration.
 *
 * @param flags which optional parts hold, for example {@code top-1}
 * @param ranges which numbers a variable may take, for example {@code moe-layers} to the layers with experts; each
 *     range that the specification names must be there, possibly empty
 * @param sizes lengths that shapes alone do not tell, for example {@code heads}
 */
public record Conditions(Set<String> flags, Map<String, Set<Integer>> ranges, Map<String, Integer> sizes) {
    /** Copies the collections. */
    public Conditions {
        flags = Set.copyOf(flags);
        ranges = Map.copyOf(ranges);
        sizes = Map.copyOf(sizes);
    }

    /**
     * These conditions with more flags.
     *
     * @param more flags that hold too
     * @return new conditions
     */
    public Conditions with(Set<String> more) {
        Set<String> all = new HashSet<>(flags);
        all.addAll(more);
        return new Conditions(all, ranges, sizes);
    }

    /**
     * These conditions without a flag.
     *
     * @param flag that does not hold
     * @return new conditions
     */
    public Conditions without(String flag) {
        Set<String> others = new HashSet<>(flags);
        others.remove(flag);
        return new Conditions(others, ranges, sizes);
    }
}

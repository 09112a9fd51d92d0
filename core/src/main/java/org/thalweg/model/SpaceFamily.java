package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.group.Group;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Space;

/**
 * Spaces that differ only in numbers: the same group of the same size in every layer, head or expert.
 *
 * @param pattern their name with {@code *} for the numbers, for example {@code layers.*.heads}
 * @param group what acts on each
 * @param count how many there are
 */
public record SpaceFamily(String pattern, Group group, int count) {
    private record Kind(String pattern, Group group) {}

    /**
     * The spaces of an architecture, collapsed.
     *
     * @param architecture of one model
     * @return one entry for each pattern and group, in the order of the spaces
     */
    public static List<SpaceFamily> of(Architecture architecture) {
        Map<Kind, Integer> counts = new LinkedHashMap<>();
        for (Space space : architecture.spaces().values()) {
            counts.merge(new Kind(pattern(space.name()), space.group()), 1, Integer::sum);
        }
        List<SpaceFamily> families = new ArrayList<>();
        counts.forEach((kind, count) -> families.add(new SpaceFamily(kind.pattern(), kind.group(), count)));
        return families;
    }

    /** A space's name with {@code *} for every number. */
    static String pattern(String space) {
        return space.replaceAll("(?<=\\.|^)[0-9]+(?=\\.|$)", "*");
    }
}

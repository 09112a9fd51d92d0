package org.thalweg.symmetry;

import java.util.List;
import java.util.Optional;
import org.thalweg.group.Group;

/**
 * A named set of positions, or the coordinates of a vector, with the group that acts on it.
 *
 * @param indexedName its name, with the variables that run over positions of other spaces
 * @param group what acts
 * @param over the space whose positions a vector's coordinates belong to
 * @param scales the scalings that also act on a translation's vector
 */
public record Space(IndexedName indexedName, Group group, Optional<String> over, List<Scale> scales) {
    /** Copies the list. */
    public Space {
        scales = List.copyOf(scales);
    }

    /**
     * The name.
     *
     * @return for example {@code layers.0.moe.experts.2.hidden.0}
     */
    public String name() {
        return indexedName.name();
    }
}

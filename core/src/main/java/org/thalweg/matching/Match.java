package org.thalweg.matching;

import java.util.List;
import org.thalweg.symmetry.Alignment;

/**
 * An alignment found from weights. It is not checked yet; see {@link org.thalweg.equivalence.EquivalenceCheck}.
 *
 * @param alignment moves B to A
 * @param spaces what was found in every space that is more than one position long, in the architecture's order
 */
public record Match(Alignment alignment, List<SpaceMatch> spaces) {
    /** Copies the list. */
    public Match {
        spaces = List.copyOf(spaces);
    }
}

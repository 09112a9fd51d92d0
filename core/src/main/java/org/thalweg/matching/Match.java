package org.thalweg.matching;

import java.util.List;
import java.util.Optional;
import org.thalweg.symmetry.Alignment;

/**
 * An alignment of one model to another. It is not checked yet; see {@link org.thalweg.equivalence.EquivalenceCheck}.
 *
 * @param alignment moves B to A
 * @param spaces what was found in every space that is more than one position long, in the architecture's order
 * @param objectives how close B came by each step, of all starts; empty where a method counts none
 * @param notes for people: what else is to be known of how it was found
 * @param soft what the method learned in place of orders, of which the alignment has the nearest
 */
public record Match(
        Alignment alignment,
        List<SpaceMatch> spaces,
        List<Objective> objectives,
        List<String> notes,
        Optional<SoftOrders> soft) {
    /** Copies the lists. */
    public Match {
        spaces = List.copyOf(spaces);
        objectives = List.copyOf(objectives);
        notes = List.copyOf(notes);
    }

    /**
     * A match without steps.
     *
     * @param alignment moves B to A
     * @param spaces what was found in every space
     */
    public Match(Alignment alignment, List<SpaceMatch> spaces) {
        this(alignment, spaces, List.of());
    }

    /**
     * A match without notes.
     *
     * @param alignment moves B to A
     * @param spaces what was found in every space
     * @param objectives how close B came by each step
     */
    public Match(Alignment alignment, List<SpaceMatch> spaces, List<Objective> objectives) {
        this(alignment, spaces, objectives, List.of(), Optional.empty());
    }
}

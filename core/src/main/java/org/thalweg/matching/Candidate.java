package org.thalweg.matching;

import java.util.List;
import org.thalweg.symmetry.Alignment;

/**
 * An alignment of the MoE layers of two models, permutations only: the gate's translation does not change a barrier
 * (arXiv 2509.11348, Prop D.1) and is left alone.
 *
 * @param alignment moves B to A
 * @param layers how each MoE layer was matched, in the order of the architecture
 */
public record Candidate(Alignment alignment, List<LayerMatch> layers) {
    /** Copies the list. */
    public Candidate {
        layers = List.copyOf(layers);
    }
}

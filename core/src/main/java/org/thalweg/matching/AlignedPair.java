package org.thalweg.matching;

import java.util.List;
import org.thalweg.symmetry.Alignment;

/**
 * The two models.
 *
 * @param reference A
 * @param model B, with all that is known already
 */
record AlignedPair(AlignedModel reference, AlignedModel model) {
    /** The parts of a tensor in both. */
    List<SlicePair> slices(String tensor) {
        return SlicePair.of(reference.slices(tensor), model.slices(tensor));
    }

    /** The same with B aligned further. */
    AlignedPair alignedBy(Alignment further) {
        return new AlignedPair(reference, model.alignedBy(further));
    }
}

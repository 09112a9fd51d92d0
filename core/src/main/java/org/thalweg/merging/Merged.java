package org.thalweg.merging;

import java.util.List;
import org.thalweg.tensor.Tensor;

/**
 * A merged tensor.
 *
 * @param tensor of the models' shape, in float64
 * @param notes for people, clauses: what was unusual about this tensor; most often none
 */
public record Merged(Tensor tensor, List<String> notes) {
    /** Copies the list. */
    public Merged {
        notes = List.copyOf(notes);
    }

    /** A tensor about which there is nothing to say. */
    public static Merged of(Tensor tensor) {
        return new Merged(tensor, List.of());
    }
}

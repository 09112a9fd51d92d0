package org.thalweg.network;

import java.util.List;
import java.util.function.Supplier;
import org.thalweg.tensor.Tensor;

/**
 * Inputs on which two networks are compared, in batches that are made when asked for: int64 tokens [batch tokens] or
 * float64 images [batch channels height width], in the current scope, the same each time. {@link Inputs} makes them.
 *
 * @param inputs how many inputs there are in all batches
 * @param batches the batches
 */
public record Probes(int inputs, List<Supplier<Tensor>> batches) {
    /** Copies the list. */
    public Probes {
        batches = List.copyOf(batches);
    }
}

package org.thalweg.merging;

import java.util.List;
import java.util.Optional;
import org.thalweg.tensor.Tensor;

/**
 * One tensor as every model that is merged has it, all of one shape and in float64.
 *
 * @param name of the tensor in the written files
 * @param models in the order in which they are listed; without the base where the method takes one
 * @param base what differences are taken from, or where a path begins
 * @param seed of this tensor's chance, derived from its name; for methods that draw numbers
 */
public record ModelTensors(String name, List<Tensor> models, Optional<Tensor> base, long seed) {
    /** Copies the list. */
    public ModelTensors {
        models = List.copyOf(models);
    }

    /**
     * The base, for methods that need one.
     *
     * @return it
     * @throws IllegalStateException when there is none
     */
    public Tensor requireBase() {
        return base.orElseThrow(() -> new IllegalStateException("no base of " + name));
    }
}

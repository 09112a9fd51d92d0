package org.thalweg.tensor;

/** Reads tensors of one model by name, one at a time, so that a model larger than memory can be worked on. */
@FunctionalInterface
public interface TensorReader {
    /**
     * Reads a tensor into the current {@link Scope}.
     *
     * @param name one of the model's tensors
     * @return its values in the type it is stored in; not to be changed
     */
    Tensor read(String name);
}

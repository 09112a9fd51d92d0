package org.thalweg.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/** Tensors of a small model, computed once and held in the scope that was current then. */
final class HeldTensors {
    /** What is held at most, as stored. */
    private static final long MOST_BYTES = 1L << 28;

    private HeldTensors() {}

    /**
     * A reader that computes nothing anew.
     *
     * @param layouts of all tensors
     * @param tensors computes them
     * @return the same reader for a model that is not small
     */
    static TensorReader of(Map<String, TensorLayout> layouts, TensorReader tensors) {
        if (layouts.values().stream().mapToLong(TensorLayout::bytes).sum() > MOST_BYTES) {
            return tensors;
        }
        Map<String, Tensor> held = new LinkedHashMap<>();
        layouts.keySet().forEach(name -> held.put(name, tensors.read(name)));
        return name -> held.get(name).copy();
    }
}

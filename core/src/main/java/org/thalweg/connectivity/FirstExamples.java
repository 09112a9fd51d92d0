package org.thalweg.connectivity;

import org.thalweg.tensor.Tensor;

/** The first of some examples. */
record FirstExamples(Examples all, int size) implements Examples {
    @Override
    public int classes() {
        return all.classes();
    }

    @Override
    public Tensor inputs(int[] indices) {
        return all.inputs(indices);
    }

    @Override
    public Tensor labels(int[] indices) {
        return all.labels(indices);
    }
}

package org.thalweg.tensor;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.global.torch;

/** Distances of all rows of one matrix from all rows of another, in libtorch's kernels. Inputs are not changed. */
public final class Distances {
    private Distances() {}

    /**
     * Sums of absolute differences.
     *
     * @param one [n k]
     * @param other [m k] of the same type
     * @return [n m], in the current scope
     */
    public static Tensor l1(Tensor one, Tensor other) {
        return Tensor.wrap(torch.cdist(one.handle(), other.handle(), 1, new LongOptional()));
    }
}

package org.thalweg.merging;

import org.thalweg.tensor.Tensor;

/** Rows of a tensor: its lines along the last axis. */
final class Rows {
    private Rows() {}

    /** How many numbers a row has; a tensor without axes is a row of one. */
    static long length(Tensor tensor) {
        return tensor.rank() == 0 ? 1 : tensor.length(-1);
    }
}

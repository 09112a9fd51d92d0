package org.thalweg.merging;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.thalweg.tensor.Tensor;

/**
 * Many numbers in row-major order that are read, or computed when they are read, a block at a time: a formula over
 * tensors without a tensor for each of its terms. Several threads may read at once.
 */
@FunctionalInterface
interface Numbers {
    /**
     * Reads some.
     *
     * @param start the first
     * @param into is filled from its beginning
     * @param length how many
     */
    void read(long start, double[] into, int length);

    /**
     * A tensor's numbers.
     *
     * @param tensor in float64; has to live as long as it is read
     * @return its elements
     */
    static Numbers of(Tensor tensor) {
        MemorySegment elements = tensor.contiguousBytes();
        return (start, into, length) -> MemorySegment.copy(
                elements, ValueLayout.JAVA_DOUBLE, start * Double.BYTES, into, 0, length);
    }
}

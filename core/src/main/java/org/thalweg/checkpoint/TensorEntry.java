package org.thalweg.checkpoint;

/**
 * Where a tensor lies in a safetensors file.
 *
 * @param layout element type and shape
 * @param begin first byte, counted from the end of the header
 * @param end first byte after it
 */
public record TensorEntry(TensorLayout layout, long begin, long end) {
    /** Element type. */
    public ElementType type() {
        return layout.type();
    }

    /** Lengths of the axes. */
    public long[] shape() {
        return layout.shape();
    }
}

package org.thalweg.tensor;

/**
 * The element type in which weights are compared. Float64 holds every product of float32 numbers; from 2^16 numbers on
 * weights of 32 bits or less are compared in float32, which takes half the time and half the memory. A product of rows
 * of length k then has a relative error of about 1e-7 √k of the product of their norms.
 */
public final class WorkingType {
    /** From this many numbers on. */
    public static final long LARGE = 1L << 16;

    private WorkingType() {}

    /**
     * Weights in the type in which they are compared.
     *
     * @param weights of any type; not changed
     * @return float32 for many numbers of at most 32 bits, else float64; the same tensor when it has that type
     */
    public static Tensor of(Tensor weights) {
        boolean isRounded = weights.size() >= LARGE && weights.dtype() != DType.FLOAT64;
        return weights.to(isRounded ? DType.FLOAT32 : DType.FLOAT64);
    }
}

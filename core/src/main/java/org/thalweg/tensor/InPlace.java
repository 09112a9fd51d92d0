package org.thalweg.tensor;

import org.bytedeco.pytorch.MemoryFormatOptional;

/**
 * Arithmetic that overwrites a tensor where it stands, for tensors too large to be held twice. Views see the change.
 * Not recorded for differentiation.
 */
public final class InPlace {
    private InPlace() {}

    /**
     * A tensor that may be overwritten.
     *
     * @param tensor whose values are copied; not changed
     * @param dtype element type of the copy
     * @return a tensor with storage of its own
     */
    public static Tensor copy(Tensor tensor, DType dtype) {
        return Tensor.wrap(tensor.handle().to(dtype.scalarType(), false, true, new MemoryFormatOptional()));
    }

    /**
     * Whether overwriting a tensor loses nothing that differentiation needs.
     *
     * @param tensor with storage of its own
     * @return false where operations on it are recorded
     */
    public static boolean isAllowed(Tensor tensor) {
        return !tensor.handle().requires_grad();
    }

    /**
     * Multiplies.
     *
     * @param tensor is overwritten by the product
     * @param other of the same shape after broadcasting; not changed
     */
    public static void multiply(Tensor tensor, Tensor other) {
        tensor.handle().detach().mul_(other.handle());
    }

    /**
     * Adds.
     *
     * @param tensor is overwritten by the sum
     * @param other of the same shape after broadcasting; not changed
     */
    public static void add(Tensor tensor, Tensor other) {
        tensor.handle().detach().add_(other.handle());
    }

    /**
     * Subtracts.
     *
     * @param tensor is overwritten by the difference
     * @param other of the same shape after broadcasting; not changed
     */
    public static void subtract(Tensor tensor, Tensor other) {
        tensor.handle().detach().sub_(other.handle());
    }
}

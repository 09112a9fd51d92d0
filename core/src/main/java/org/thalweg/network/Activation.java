package org.thalweg.network;

import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** The non-linearity between the linear maps of a feed-forward network. */
public enum Activation {
    /** Gaussian error linear unit, exact. */
    GELU,
    /** Rectified linear unit; adds the positive scaling of each hidden unit to the symmetries. */
    RELU;

    /**
     * Applies the function to every element.
     *
     * @param x any shape; not changed
     * @return the same shape
     */
    public Tensor apply(Tensor x) {
        return switch (this) {
            case GELU -> Functions.gelu(x);
            case RELU -> Functions.relu(x);
        };
    }
}

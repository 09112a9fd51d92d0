package org.thalweg.network;

import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** The non-linearity between the linear maps of a feed-forward network. */
public enum Activation {
    /** Gaussian error linear unit, exact. */
    GELU,
    /** Rectified linear unit; adds the positive scaling of each hidden unit to the symmetries. */
    RELU;

    /**
     * The activation of a name in {@code config.json}.
     *
     * @param key where the name stands, for the complaint
     * @param name {@code gelu} or {@code relu}
     * @return the activation
     * @throws WrongUse for any other name
     */
    static Activation named(String key, String name) {
        return switch (name) {
            case "gelu" -> GELU;
            case "relu" -> RELU;
            default -> throw new WrongUse("config.json: " + key + " is '" + name + "', expected gelu or relu.");
        };
    }

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

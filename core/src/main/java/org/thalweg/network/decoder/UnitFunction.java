package org.thalweg.network.decoder;

import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** Non-linearities of hidden units. */
public enum UnitFunction {
    /** {@code x · sigmoid(x)}. */
    SILU,
    /** Gaussian error linear unit, exact. */
    GELU,
    /** Gaussian error linear unit, tanh approximation. */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU;

    /**
     * The function of a name in {@code config.json}.
     *
     * @param name for example {@code silu}
     * @return the function
     * @throws WorkFailure for any other name
     */
    public static UnitFunction named(String name) {
        return switch (name) {
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
            case "relu" -> RELU;
            default -> throw new WorkFailure("config.json names the activation '" + name
                    + "'; known are silu, gelu, gelu_new, gelu_pytorch_tanh and relu");
        };
    }

    /** Applies the function to every element; {@code x} is not changed. */
    public Tensor apply(Tensor x) {
        return switch (this) {
            case SILU -> Functions.silu(x);
            case GELU -> Functions.gelu(x);
            case GELU_TANH -> Functions.geluTanh(x);
            case RELU -> Functions.relu(x);
        };
    }
}

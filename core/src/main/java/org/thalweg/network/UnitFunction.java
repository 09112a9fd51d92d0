package org.thalweg.network;

import java.util.Optional;
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
     * @return the function, if it is one of these
     */
    public static Optional<UnitFunction> named(String name) {
        return switch (name) {
            case "silu", "swish" -> Optional.of(SILU);
            case "gelu", "gelu_python" -> Optional.of(GELU);
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh" ->
                Optional.of(GELU_TANH);
            case "relu" -> Optional.of(RELU);
            default -> Optional.empty();
        };
    }

    /** The names that {@link #named} knows, for a sentence. */
    public static String known() {
        return "one of silu, gelu, gelu_new, gelu_pytorch_tanh and relu";
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

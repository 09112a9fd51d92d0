package org.thalweg.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients of a number with respect to named tensors, and the switch that records none. */
public final class Gradients {
    /**
     * Work that yields a value.
     *
     * @param <T> the kind of value
     */
    @FunctionalInterface
    public interface Work<T> {
        /** Does the work. */
        T run();
    }

    private Gradients() {}

    /**
     * Runs work on this thread without recording it for differentiation: less memory, same values.
     *
     * @param <T> what the work yields
     * @param work what to run
     * @return its value
     */
    public static <T> T without(Work<T> work) {
        try (AutoGradMode off = new AutoGradMode(false)) {
            return work.run();
        }
    }

    /**
     * Copies that record what is done with them, for {@link #of}.
     *
     * @param parameters any model; not changed
     * @return leaves of the gradient graph with equal values
     */
    public static Parameters leaves(Parameters parameters) {
        return parameters.map(tensor -> Tensor.wrap(tensor.detach().copy().handle().set_requires_grad(true)));
    }

    /**
     * Gradients of a number by reverse accumulation.
     *
     * @param value a single number computed from the leaves
     * @param leaves what {@link #leaves} returned; gradients of tensors that the value does not depend on are zero
     * @return a gradient for each leaf, same names and shapes
     */
    public static Parameters of(Tensor value, Parameters leaves) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        try (TensorVector outputs = Tensor.vector(List.of(value));
                TensorVector inputs = Tensor.vector(List.copyOf(leaves.asMap().values()));
                TensorVector weights = new TensorVector();
                TensorVector found =
                        torch.grad(outputs, inputs, weights, new BoolOptional(false), false, true)) {
            long position = 0;
            for (Map.Entry<String, Tensor> leaf : leaves.asMap().entrySet()) {
                org.bytedeco.pytorch.Tensor gradient = found.get(position++);
                Tensor like = leaf.getValue();
                gradients.put(
                        leaf.getKey(),
                        gradient.defined() ? Tensor.takenFrom(gradient) : Tensor.zeros(like.dtype(), like.shape()));
            }
        }
        return Parameters.of(gradients);
    }
}

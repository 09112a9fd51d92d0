package org.thalweg.network;

import java.util.Optional;
import java.util.function.Supplier;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A linear map. Its tensors are asked for when it is applied, and what that makes is freed when it has been: of a model
 * that is read tensor by tensor no more than one map is in memory.
 *
 * @param weight gives [out in]
 * @param bias gives [out], if there is one
 */
public record Linear(Supplier<Tensor> weight, Optional<Supplier<Tensor>> bias) {
    /**
     * Applies the map.
     *
     * @param x [… in]; not changed
     * @return [… out]
     */
    public Tensor apply(Tensor x) {
        try (Scope scope = Scope.open()) {
            return scope.keep(Functions.linear(x, weight.get(), bias.map(Supplier::get)));
        }
    }
}

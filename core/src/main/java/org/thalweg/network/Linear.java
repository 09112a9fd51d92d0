package org.thalweg.network;

import java.util.Optional;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/**
 * A linear map.
 *
 * @param weight [out in]
 * @param bias [out], if there is one
 */
public record Linear(Tensor weight, Optional<Tensor> bias) {
    /**
     * Applies the map.
     *
     * @param x [… in]; not changed
     * @return [… out]
     */
    public Tensor apply(Tensor x) {
        return Functions.linear(x, weight, bias);
    }
}

package org.thalweg.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A linear map. Its tensors are asked for when it is applied, and what that makes is freed when it has been: of a model
 * that is read tensor by tensor no more than one map is in memory. A weight in a narrower type than the input's is
 * converted some rows at a time.
 *
 * @param weight gives [out in]
 * @param bias gives [out], if there is one
 */
public record Linear(Supplier<Tensor> weight, Optional<Supplier<Tensor>> bias) {
    /** Numbers of a weight that are converted at a time. */
    private static final long CONVERTED = 1 << 21;

    /**
     * Applies the map.
     *
     * @param x [… in]; not changed
     * @return [… out]
     */
    public Tensor apply(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor matrix = weight.get();
            Optional<Tensor> vector = bias.map(Supplier::get);
            return scope.keep(matrix.dtype() == x.dtype()
                    ? Functions.linear(x, matrix, vector) : converted(x, matrix, vector));
        }
    }

    private static Tensor converted(Tensor x, Tensor matrix, Optional<Tensor> vector) {
        long out = matrix.length(0);
        long rows = Math.clamp(CONVERTED / Math.max(1, matrix.length(1)), 1, Math.max(1, out));
        List<Tensor> parts = new ArrayList<>();
        for (long start = 0; start < out; start += rows) {
            long first = start;
            long count = Math.min(rows, out - start);
            try (Scope scope = Scope.open()) {
                parts.add(scope.keep(Functions.linear(x, matrix.narrow(0, first, count).to(x.dtype()),
                        vector.map(all -> all.narrow(0, first, count)))));
            }
        }
        return parts.size() == 1 ? parts.getFirst() : Tensor.concatenate(parts, -1);
    }
}

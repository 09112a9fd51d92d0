package org.thalweg.model;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Tensors computed in float64 and rounded to the types they are stored in, one at a time. Remembers the largest error
 * that rounding made, and refuses numbers that a type cannot hold; looks at a tensor when it is first asked for. For
 * one thread.
 */
final class StoredTensors {
    /** Numbers that are measured at a time. */
    private static final long BLOCK = 1 << 20;

    private final Map<String, TensorLayout> layouts;
    private final TensorReader exact;
    private final String remedy;
    private final Set<String> measured = new HashSet<>();
    private double rounding;

    /**
     * Tensors to be stored.
     *
     * @param layouts the types by name
     * @param exact computes each in float64, or passes it on in its own type
     * @param remedy what to do when a number is too large, the end of a sentence
     */
    StoredTensors(Map<String, TensorLayout> layouts, TensorReader exact, String remedy) {
        this.layouts = layouts;
        this.exact = exact;
        this.remedy = remedy;
    }

    /** One tensor as it is stored. */
    Tensor stored(String name) {
        try (Scope scope = Scope.open()) {
            Tensor tensor = exact.read(name);
            DType type = layouts.get(name).type().dtype().orElseThrow();
            Tensor stored = tensor.to(type);
            if (type.isFloating() && !measured.contains(name)) {
                measure(name, tensor.reshape(-1), stored.reshape(-1));
                measured.add(name);
            }
            return scope.keep(stored);
        }
    }

    private void measure(String name, Tensor tensor, Tensor stored) {
        double largest = 0;
        double error = 0;
        boolean finite = true;
        for (long start = 0; start < tensor.size(); start += BLOCK) {
            try (Scope scope = Scope.open()) {
                Tensor wide = block(tensor, start).to(DType.FLOAT64);
                Tensor rounded = block(stored, start);
                largest = Math.max(largest, wide.abs().max());
                finite &= rounded.isFinite();
                error = Math.max(error, rounded.to(DType.FLOAT64).subtract(wide).abs().max());
            }
        }
        if (!finite) {
            DType type = stored.dtype();
            throw new WorkFailure(String.format(Locale.ROOT, "the new tensor '%s' reaches %.4g, which"
                    + " overflows its type %s; %s.", name, largest, type.name().toLowerCase(Locale.ROOT), remedy));
        }
        rounding = Math.max(rounding, error == 0 ? 0 : error / largest);
    }

    private static Tensor block(Tensor tensor, long start) {
        return tensor.narrow(0, start, Math.min(BLOCK, tensor.size() - start));
    }

    /** The largest error so far, divided by its tensor's largest number. */
    double rounding() {
        return rounding;
    }
}

package org.thalweg.network;

import java.util.function.Supplier;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** What stands between the first and the last linear map of a feed-forward network. */
public sealed interface HiddenUnits {
    /**
     * {@code f(u)}.
     *
     * @param function f
     */
    record Plain(UnitFunction function) implements HiddenUnits {}

    /**
     * {@code f(g) · u} (SwiGLU for SiLU).
     *
     * @param function f
     */
    record Gated(UnitFunction function) implements HiddenUnits {}

    /**
     * gpt-oss: {@code (u + 1) · g · sigmoid(1.702 g)} with {@code g ≤ limit} and {@code |u| ≤ limit}.
     *
     * @param limit 7 in the released models
     */
    record ClampedGated(double limit) implements HiddenUnits {}

    /**
     * Output of the units.
     *
     * @param up [… width]
     * @param gate gives [… width]; asked for only where units are gated
     * @return [… width]
     */
    default Tensor apply(Tensor up, Supplier<Tensor> gate) {
        return this instanceof Plain(UnitFunction function) ? function.apply(up) : combine(gate.get(), up);
    }

    /** Whether there is a gate map beside the up map. */
    default boolean gated() {
        return switch (this) {
            case Plain _ -> false;
            case Gated _, ClampedGated _ -> true;
        };
    }

    private Tensor combine(Tensor gate, Tensor up) {
        return switch (this) {
            case Plain _ -> throw new IllegalStateException("these units have no gate");
            case Gated(UnitFunction function) -> function.apply(gate).multiply(up);
            case ClampedGated(double limit) -> {
                Tensor g = Functions.clamp(gate, Double.NEGATIVE_INFINITY, limit);
                Tensor u = Functions.clamp(up, -limit, limit);
                yield u.add(1).multiply(g).multiply(Functions.sigmoid(g.multiply(1.702)));
            }
        };
    }
}

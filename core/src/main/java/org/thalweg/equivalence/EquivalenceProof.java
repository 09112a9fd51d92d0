package org.thalweg.equivalence;

import java.util.Arrays;
import java.util.function.Function;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Checks that two models compute the same outputs, in float64.
 *
 * <p>Sparse gates: relabelling experts moves scores without changing them, but equal scores are broken towards the
 * smaller index, and a translation rounds, so on an input where two scores at the edge of the top k agree to about
 * 1e-16 the two models may rightly select different experts. Such inputs have probability zero and no output is
 * excused for being near one: the check may refuse an exact alignment there (probe with other inputs), but never
 * accepts a wrong one.
 *
 * <p>A float32 model that was translated or scaled in float32 differs by rounding; carry the float64 model instead.
 */
public final class EquivalenceProof {
    private EquivalenceProof() {}

    /**
     * Runs both models on the inputs that {@code forward} holds and compares all outputs. Takes two forward passes
     * and a float64 copy of one model at a time; changes nothing.
     *
     * @param forward from float64 parameters to outputs of any shape; probe inputs are its own and are float64 too
     * @param before a model
     * @param after a model that should be the same function
     * @param tolerance largest difference allowed, in units of the largest output or of 1, whichever is larger
     * @return what was found
     */
    public static Proof prove(
            Function<Parameters, Tensor> forward, Parameters before, Parameters after, double tolerance) {
        try (Scope scope = Scope.open()) {
            Tensor first = outputs(forward, before);
            Tensor second = outputs(forward, after);
            if (!Arrays.equals(first.shape(), second.shape()) || !first.isFinite() || !second.isFinite()) {
                return new Proof(Double.NaN, Double.NaN, first.size(), tolerance, false);
            }
            if (first.size() == 0) {
                return new Proof(0, 0, 0, tolerance, false);
            }
            double largest = first.abs().max();
            double difference = first.subtract(second).abs().max();
            double relative = difference == 0 ? 0 : difference / largest;
            return new Proof(
                    difference, relative, first.size(), tolerance, difference <= tolerance * Math.max(1, largest));
        }
    }

    private static Tensor outputs(Function<Parameters, Tensor> forward, Parameters model) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return scope.keep(forward.apply(model.to(DType.FLOAT64)).to(DType.FLOAT64));
            }
        });
    }
}

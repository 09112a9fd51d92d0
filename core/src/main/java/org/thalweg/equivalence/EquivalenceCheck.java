package org.thalweg.equivalence;

import java.util.function.Function;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Checks that two models in memory compute the same outputs, in float64; {@link BlockwiseComparison} does the same for
 * models larger than memory.
 *
 * <p>Sparse gates: relabelling experts moves scores without changing them, but equal scores are broken towards the
 * smaller index, and a translation rounds, so on an input where two scores at the edge of the top k agree to about
 * 1e-16 the two models may rightly select different experts. No output is excused for being near such an input: the
 * check may refuse an exact alignment there (try other inputs), but never accepts a wrong one.
 *
 * <p>A float32 model that was translated or scaled in float32 differs by rounding; move the float64 model instead.
 */
public final class EquivalenceCheck {
    private EquivalenceCheck() {}

    /**
     * Runs both models on the inputs that {@code forward} holds and compares all outputs. Takes two forward passes
     * and a float64 copy of one model at a time; changes nothing.
     *
     * @param forward from float64 parameters to outputs of any shape; its inputs are its own and are float64 too
     * @param before a model
     * @param after a model that should be the same function
     * @param tolerance largest difference allowed, in units of the largest output
     * @return what was found
     */
    public static Verification compare(
            Function<Parameters, Tensor> forward, Parameters before, Parameters after, double tolerance) {
        try (Scope scope = Scope.open()) {
            return compare(outputs(forward, before), outputs(forward, after), tolerance);
        }
    }

    /**
     * Compares outputs that were computed before.
     *
     * @param before outputs of a model, any shape
     * @param after outputs of a model that should be the same function, on the same inputs
     * @param tolerance largest difference allowed, in units of the largest output
     * @return what was found
     */
    public static Verification compare(Tensor before, Tensor after, double tolerance) {
        Difference difference = new Difference();
        difference.add(before, after);
        return difference.verification(tolerance);
    }

    private static Tensor outputs(Function<Parameters, Tensor> forward, Parameters model) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return scope.keep(forward.apply(model.to(DType.FLOAT64)).to(DType.FLOAT64));
            }
        });
    }
}

package org.thalweg.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Alignment;

/**
 * Which elements store without loss: orders and signs in any floating type, and factors that are powers of two in types
 * whose small numbers have all their digits, which float16 has not below 6e-5. Weights of 16 bits are moved by these
 * alone unless more is asked for: what other elements lose moves scores of experts by more than many of them are apart,
 * so tokens go to other experts.
 */
public final class ExactStorage {
    /** Kinds of groups whose elements move numbers and change signs only. */
    static final List<String> ORDERS = List.of("permutation", "signed-permutation");
    /** Kinds of groups that have elements which store exactly. */
    static final List<String> KINDS =
            List.of("permutation", "signed-permutation", "positive-scaling", "signed-scaling");

    private ExactStorage() {}

    /**
     * Whether a model is moved by what stores exactly, unless more is asked for.
     *
     * @param model any model
     * @return true when a weight on which its function depends has 16 bits
     */
    public static boolean isUsualFor(ModelDirectory model) {
        return FunctionComparison.fewestBits(model) < Float.SIZE;
    }

    /**
     * The alignment with each factor replaced by the power of two that is nearest in logarithm, or by its sign where a
     * model has weights in float16.
     */
    static Alignment rounded(Alignment alignment, ModelDirectory model) {
        Map<String, TensorLayout> layouts = model.tensors();
        boolean signs = model.weights().stream().anyMatch(name -> layouts.get(name).type() == ElementType.F16);
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        alignment.elements().forEach((space, element) -> elements.put(space, switch (element) {
            case Scaling(double[] factors) -> new Scaling(rounded(factors, signs));
            default -> element;
        }));
        return new Alignment(alignment.architecture(), elements);
    }

    private static double[] rounded(double[] factors, boolean signs) {
        return Arrays.stream(factors)
                .map(factor -> Math.copySign(signs ? 1 : nearestPower(Math.abs(factor)), factor))
                .toArray();
    }

    private static double nearestPower(double factor) {
        return Math.scalb(1.0, (int) Math.rint(Math.log(factor) / Math.log(2)));
    }
}

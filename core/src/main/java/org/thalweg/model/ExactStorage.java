package org.thalweg.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Alignment;

/**
 * Which elements store without loss in any floating type: orders, signs, and factors that are powers of two, as long as
 * no number leaves the range of its type. Weights of 16 bits are moved by these alone unless more is asked for: what
 * other elements lose moves scores of experts by more than many of them are apart, so tokens go to other experts.
 */
public final class ExactStorage {
    /** Kinds of groups whose elements move numbers and change signs only. */
    static final List<String> ORDERS = List.of("permutation", "signed-permutation");
    /** Kinds of groups that have elements which store exactly. */
    static final List<String> KINDS = List.of("permutation", "signed-permutation", "positive-scaling", "signed-scaling");

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

    /** The alignment with each factor replaced by the power of two that is nearest in logarithm. */
    static Alignment powersOfTwo(Alignment alignment) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        alignment.elements().forEach((space, element) -> elements.put(space, switch (element) {
            case Scaling(double[] factors) -> new Scaling(rounded(factors));
            default -> element;
        }));
        return new Alignment(alignment.architecture(), elements);
    }

    private static double[] rounded(double[] factors) {
        return Arrays.stream(factors)
                .map(factor -> Math.copySign(
                        Math.scalb(1.0, (int) Math.rint(Math.log(Math.abs(factor)) / Math.log(2))), factor))
                .toArray();
    }
}

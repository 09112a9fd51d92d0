package org.thalweg.model;

import java.util.Comparator;
import java.util.List;
import org.thalweg.checkpoint.TensorLayout;

/**
 * In what the tensors of two models differ, by canonical names where the families are known, else by stored ones.
 *
 * @param inBoth how many names both have
 * @param onlyInA names that B lacks
 * @param onlyInB names that A lacks
 * @param shapes tensors whose shapes differ
 * @param types tensors whose element types differ
 * @param measured distances of all tensors that could be measured, in the order of A's files
 * @param notFinite tensors with a NaN or an infinite number
 * @param notMeasured tensors that could not be measured, though shapes agree
 */
public record TensorDifference(
        int inBoth,
        List<String> onlyInA,
        List<String> onlyInB,
        List<Layouts> shapes,
        List<Layouts> types,
        List<WeightDistance> measured,
        List<NotFinite> notFinite,
        List<NotMeasured> notMeasured) {
    private static final int WORST = 10;

    /** Copies the lists. */
    public TensorDifference {
        onlyInA = List.copyOf(onlyInA);
        onlyInB = List.copyOf(onlyInB);
        shapes = List.copyOf(shapes);
        types = List.copyOf(types);
        measured = List.copyOf(measured);
        notFinite = List.copyOf(notFinite);
        notMeasured = List.copyOf(notMeasured);
    }

    /**
     * A tensor that differs in type or shape.
     *
     * @param name its name
     * @param a type and shape in A
     * @param b type and shape in B
     */
    public record Layouts(String name, TensorLayout a, TensorLayout b) {}

    /**
     * A tensor with a NaN or an infinite number.
     *
     * @param name its name
     * @param inA whether A's has one
     * @param inB whether B's has one
     */
    public record NotFinite(String name, boolean inA, boolean inB) {}

    /**
     * A tensor that cannot be measured.
     *
     * @param name its name
     * @param why a clause, such as {@code elements of type I16 cannot be computed with}
     * @param equal whether both hold the same bytes
     */
    public record NotMeasured(String name, String why, boolean equal) {}

    /**
     * The tensors that are farthest apart.
     *
     * @return at most ten that differ at all, the largest distance in units of A's norm first
     */
    public List<WeightDistance> worst() {
        return measured.stream()
                .filter(tensor -> tensor.distance() > 0)
                .sorted(Comparator.comparingDouble((WeightDistance tensor) ->
                        -tensor.relative().orElse(Double.POSITIVE_INFINITY)).thenComparing(WeightDistance::name))
                .limit(WORST)
                .toList();
    }

    /** The same by layer: what is in no layer first, then layers by number. */
    public List<WeightDistance> layers() {
        return WeightDistance.layers(measured);
    }

    /** All measured tensors together, under the name {@code all}. */
    public WeightDistance all() {
        return WeightDistance.together("all", measured);
    }
}

package org.thalweg.matching;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * The function of one expert without biases, as far as its hidden units have a closed form ({@link
 * ExpertCosts#FUNCTIONS}). Inner products do not change when units change places or are scaled in a way that leaves the
 * expert as it is. Time O(h² d) for each.
 *
 * @param gate [h d] where units are gated
 * @param up [h d]
 * @param down [h d], a row for each unit
 */
record ExpertFunctions(Optional<Tensor> gate, Tensor up, Tensor down) {
    /** What a map does to a hidden unit. */
    private enum Part { GATE, UP, DOWN }

    /**
     * Which maps of an expert are which.
     *
     * @param gate key of the gate map, where units are gated
     * @param up key of the map into the units
     * @param down key of the map out of them
     */
    record Maps(Optional<String> gate, String up, String down) {
        /**
         * Distinguishes them by the free factors of hidden units: up is multiplied, down divided, a gate neither.
         *
         * @param tree the spaces
         * @param slices of one expert
         * @param maps keys of those that read or write its hidden units
         * @param unit the factor of a slice that runs over hidden units
         * @return nothing where the units have no closed form: biases, no free factors, several hidden layers
         */
        static Optional<Maps> of(
                SpaceTree tree, List<Slice> slices, Set<String> maps, Function<Slice, Optional<Integer>> unit) {
            Map<Part, String> parts = new EnumMap<>(Part.class);
            Optional<GroupKind> kind = Optional.empty();
            for (Slice slice : slices) {
                if (!maps.contains(slice.mapKey())) {
                    continue;
                }
                Optional<Integer> factor = unit.apply(slice);
                Optional<Slice.Scaled> scale = slice.scales().stream()
                        .filter(found -> found.factor().isPresent() && found.factor().equals(factor)).findFirst();
                Part part = scale.isEmpty() ? Part.GATE : scale.get().reciprocal() ? Part.DOWN : Part.UP;
                kind = kind.or(() -> scale.map(found -> tree.group(found.space()).kind()));
                if (factor.isEmpty() || parts.put(part, slice.mapKey()) != null) {
                    return Optional.empty();
                }
            }
            boolean fits = parts.containsKey(Part.UP) && parts.containsKey(Part.DOWN)
                    && kind.equals(Optional.of(parts.containsKey(Part.GATE)
                            ? GroupKind.SIGNED_SCALING : GroupKind.POSITIVE_SCALING));
            return fits ? Optional.of(new Maps(
                    Optional.ofNullable(parts.get(Part.GATE)), parts.get(Part.UP), parts.get(Part.DOWN)))
                    : Optional.empty();
        }
    }

    /**
     * Squared distances of all functions of A from all of B.
     *
     * @return [a b]
     */
    static double[][] squared(List<ExpertFunctions> a, List<ExpertFunctions> b) {
        double[] others = b.stream().mapToDouble(one -> one.dot(one)).toArray();
        List<double[]> rows = new ArrayList<>();
        for (ExpertFunctions one : a) {
            double own = one.dot(one);
            double[] row = new double[others.length];
            for (int j = 0; j < row.length; j++) {
                // Cancellation may leave a tiny negative number where the distance is zero.
                row[j] = Math.max(0, own + others[j] - 2 * one.dot(b.get(j)));
            }
            rows.add(row);
        }
        return rows.toArray(double[][]::new);
    }

    private double dot(ExpertFunctions other) {
        Tensor outputs = products(down, other.down); // [h h]
        Tensor inputs = products(up, other.up);
        Tensor units = gate.isPresent()
                ? products(gate.get(), other.gate.orElseThrow()).multiply(inputs)
                : arcCosine(inputs, other);
        return units.multiply(outputs).sum().item();
    }

    private static Tensor products(Tensor one, Tensor other) {
        return one.to(DType.FLOAT64).matmul(other.to(DType.FLOAT64).transpose(0, 1));
    }

    /** Means of products of ReLU units over standard normal inputs, from the inner products of their weights. */
    private Tensor arcCosine(Tensor products, ExpertFunctions other) {
        double[] own = lengths(up);
        double[] others = lengths(other.up);
        double[] means = products.contiguous().toDoubles();
        for (int i = 0; i < means.length; i++) {
            double both = own[i / others.length] * others[i % others.length];
            double cosine = both > 0 ? Math.clamp(means[i] / both, -1.0, 1.0) : 0;
            double angle = Math.acos(cosine);
            means[i] = both * (Math.sin(angle) + (Math.PI - angle) * cosine) / (2 * Math.PI);
        }
        return Tensor.of(means, own.length, others.length);
    }

    private static double[] lengths(Tensor rows) {
        Tensor exact = rows.to(DType.FLOAT64);
        return exact.multiply(exact).sum(1, false).sqrt().toDoubles();
    }
}

package org.thalweg.symmetry.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.TensorLayout;

/** Finds the lengths of spaces that occur in products and sums, from the tensors' shapes and the lengths known. */
final class AxisLengths {
    private final SpaceTable table;
    private final TensorCoverage coverage;
    private final Map<String, long[]> shapes;

    /** A length {@code fixed + factor * x} with at most one unknown space x. */
    private record Linear(long fixed, long factor, Optional<String> unknown) {}

    AxisLengths(SpaceTable table, TensorCoverage coverage, Map<String, long[]> shapes) {
        this.table = table;
        this.coverage = coverage;
        this.shapes = shapes;
    }

    /** The space of a factor, at the first of all positions that select it. */
    String first(AxisPattern.Term factor, TensorCoverage.Match match) {
        return first(factor.name(), match);
    }

    /** As for a factor. */
    String first(NamePattern space, TensorCoverage.Match match) {
        Map<String, Integer> values = new LinkedHashMap<>(match.variables());
        space.variables().forEach(variable -> values.putIfAbsent(variable, 0));
        return space.expand(values);
    }

    int lengthOf(AxisPattern.Term factor, TensorCoverage.Match match) {
        return factor.isLength() ? factor.length() : table.requireLength(first(factor, match));
    }

    /** Learns every length; passes over the axes until nothing is unknown. */
    void solve() {
        boolean progress = true;
        boolean open = true;
        while (progress && open) {
            progress = false;
            open = false;
            for (Map.Entry<String, TensorCoverage.Match> entry : coverage.matches().entrySet()) {
                List<AxisPattern> axes = entry.getValue().declaration().axes();
                for (int axis = 0; axis < axes.size(); axis++) {
                    Optional<Linear> length = lengthOf(axes.get(axis), entry.getValue());
                    if (length.isEmpty()) {
                        open = true;
                    } else {
                        progress |= settle(entry.getKey(), axis, axes.get(axis), length.get());
                    }
                }
            }
        }
        if (open) {
            coverage.matches().forEach((tensor, match) -> match.declaration().axes().forEach(axis -> {
                if (lengthOf(axis, match).isEmpty()) {
                    throw failure(tensor, match.declaration().axes().indexOf(axis), axis);
                }
            }));
        }
    }

    /** Whether something was learnt. */
    private boolean settle(String tensor, int axis, AxisPattern pattern, Linear length) {
        long rest = shapes.get(tensor)[axis] - length.fixed();
        if (length.unknown().isEmpty()) {
            if (rest != 0) {
                throw failure(tensor, axis, pattern);
            }
            return false;
        }
        if (length.factor() <= 0 || rest <= 0 || rest % length.factor() != 0) {
            throw failure(tensor, axis, pattern);
        }
        table.learn(length.unknown().get(), rest / length.factor(), "axis " + axis + " of '" + tensor + "'");
        return true;
    }

    private WorkFailure failure(String tensor, int axis, AxisPattern pattern) {
        return new WorkFailure("axis " + axis + " of the tensor '" + tensor + "' has length "
                + shapes.get(tensor)[axis] + ", which is not the "
                + (pattern.isSum() ? "sum of the products" : "product") + " of the lengths of " + pattern + ".");
    }

    /** Nothing when more than one space is unknown, or one of them twice in a product. */
    private Optional<Linear> lengthOf(AxisPattern axis, TensorCoverage.Match match) {
        Linear sum = new Linear(0, 0, Optional.empty());
        for (List<AxisPattern.Term> product : axis.products()) {
            long known = 1;
            Optional<String> unknown = Optional.empty();
            for (AxisPattern.Term factor : product) {
                Optional<Integer> length = factor.isLength()
                        ? Optional.of(factor.length())
                        : table.length(first(factor, match));
                if (length.isPresent()) {
                    known = Math.multiplyExact(known, length.get());
                } else if (unknown.isEmpty()) {
                    unknown = Optional.of(first(factor, match));
                } else {
                    return Optional.empty();
                }
            }
            if (unknown.isPresent() && sum.unknown().isPresent() && !unknown.equals(sum.unknown())) {
                return Optional.empty();
            }
            sum = unknown.isPresent()
                    ? new Linear(sum.fixed(), sum.factor() + known, unknown)
                    : new Linear(sum.fixed() + known, sum.factor(), sum.unknown());
        }
        return Optional.of(sum);
    }

    /** Where a tensor is split, for one that has a sum. */
    TensorLayout.Split split(int axis, AxisPattern pattern, TensorCoverage.Match match) {
        return new TensorLayout.Split(
                axis, product(pattern.outer(), match), product(pattern.inner(), match));
    }

    private long product(List<AxisPattern.Term> factors, TensorCoverage.Match match) {
        return Arrays.stream(factors.stream().mapToLong(factor -> lengthOf(factor, match)).toArray())
                .reduce(1, Math::multiplyExact);
    }
}

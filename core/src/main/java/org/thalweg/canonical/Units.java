package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.symmetry.Space;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.TensorReader;

/**
 * Free factors of hidden units: what a factor c multiplies and what it divides get equal norms, which makes the sum of
 * all squared weights as small as it can be. A unit that feeds no other, or that nothing feeds, stays. A factor that
 * divides nothing, as of a gate that selects one expert, gives everything it multiplies norm 1 together.
 *
 * <p>Where units feed units, the factors depend on each other. Each is then made best in turn until none changes; the
 * sum of squares is convex in the factors' logarithms, so the answer is one and does not depend on where it starts
 * (Stock et al. 2019, "Equi-normalization of Neural Networks").
 */
final class Units {
    /** More than any chain needs; a stop for one that would creep. */
    private static final int MOST_SWEEPS = 10_000;
    private static final double STILL = 1e-14;

    private final Set<String> spaces;
    private final List<Product> products = new ArrayList<>();
    private final Map<String, double[]> factors = new LinkedHashMap<>();

    /** Squares summed over all axes but those of the factors: [lengths of those axes]. */
    private record Product(List<Slice.Scaled> scales, int[] lengths, double[] squares) {}

    private Units(Architecture architecture) {
        spaces = spaces(architecture);
        spaces.forEach(space -> factors.put(space, ones(architecture.space(space).group().size())));
    }

    /** Scaling spaces that are not gains. */
    static Set<String> spaces(Architecture architecture) {
        Set<String> gains = Gains.tensors(architecture).keySet();
        return architecture.spaces().values().stream()
                .filter(space -> space.group().kind().isScaling() && !gains.contains(space.name()))
                .map(Space::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double[] ones(int size) {
        double[] ones = new double[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Balances all units by positive factors. */
    static Gauge.Step balance(Architecture architecture, TensorReader source) {
        Units units = new Units(architecture);
        Gauge.forEachSlice(architecture, source, scaled(architecture), (name, slice) -> units.gather(slice));
        units.solve();
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        units.factors.forEach((space, found) -> elements.put(space, new Scaling(found)));
        return new Gauge.Step(elements, List.of());
    }

    /** Makes of the weights that a unit's factor multiplies the largest one positive, where factors may be negative. */
    static Gauge.Step orient(Architecture architecture, TensorReader source) {
        Set<String> signed = signed(architecture);
        Map<String, double[]> largest = new LinkedHashMap<>();
        Gauge.forEachSlice(architecture, source, oriented(architecture), (name, slice) ->
                slice.scales().stream()
                .filter(scale -> signed.contains(scale.space()) && !scale.reciprocal() && scale.factor().isPresent())
                .forEach(scale -> largest.merge(
                        scale.space(),
                        LargestEntries.of(
                                slice.matrix(scale.factor().orElseThrow()), architecture.space(scale.space()).group()),
                        LargestEntries::larger)));
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        largest.forEach((space, entries) ->
                elements.put(space, LargestEntries.orienting(entries, architecture.space(space).group())));
        return new Gauge.Step(elements, List.of());
    }

    /** Spaces whose factors may be negative. */
    private static Set<String> signed(Architecture architecture) {
        return spaces(architecture).stream()
                .filter(space -> architecture.space(space).group().kind() == GroupKind.SIGNED_SCALING)
                .collect(Collectors.toSet());
    }

    /** Tensors that factors of units multiply or divide. */
    static Predicate<TensorLayout> scaled(Architecture architecture) {
        Set<String> units = spaces(architecture);
        return layout -> layout.parts().stream()
                .flatMap(part -> part.scales().stream())
                .anyMatch(scale -> units.contains(scale.reference().first()));
    }

    /** Tensors by which signs of units are chosen. */
    static Predicate<TensorLayout> oriented(Architecture architecture) {
        Set<String> signed = signed(architecture);
        return layout -> layout.parts().stream()
                .flatMap(part -> part.scales().stream())
                .anyMatch(scale -> !scale.reciprocal() && scale.along().isPresent()
                        && signed.contains(scale.reference().first()));
    }

    private void gather(Slice slice) {
        List<Slice.Scaled> scales = slice.scales().stream()
                .filter(scale -> spaces.contains(scale.space()))
                .sorted(Comparator.comparing(scale -> scale.factor().orElse(-1)))
                .toList();
        if (scales.isEmpty()) {
            return;
        }
        List<Integer> axes = scales.stream().flatMap(scale -> scale.factor().stream()).toList();
        double[] squares = InnerProducts.squaresAlong(slice.values(), axes);
        int[] lengths = scales.stream()
                .mapToInt(scale -> scale.factor().map(axis -> (int) slice.values().length(axis)).orElse(1))
                .toArray();
        products.add(new Product(scales, lengths, squares));
    }

    private void solve() {
        boolean coupled = products.stream().anyMatch(product -> product.scales().size() > 1);
        for (int sweep = 0; sweep < (coupled ? MOST_SWEEPS : 1); sweep++) {
            double change = 0;
            for (String space : spaces) {
                change = Math.max(change, improve(space));
            }
            if (change < STILL) {
                return;
            }
        }
    }

    /** Makes one space's factors the best for the others as they are; returns the largest relative change. */
    private double improve(String space) {
        double[] factor = factors.get(space);
        double[] multiplied = new double[factor.length];
        double[] divided = new double[factor.length];
        boolean divides = false;
        for (Product product : products) {
            for (int which = 0; which < product.scales().size(); which++) {
                Slice.Scaled scale = product.scales().get(which);
                if (scale.space().equals(space)) {
                    divides |= scale.reciprocal();
                    addSquares(product, which, scale.reciprocal() ? divided : multiplied);
                }
            }
        }
        double change = 0;
        for (int i = 0; i < factor.length; i++) {
            double best = divides ? Math.pow(divided[i] / multiplied[i], 0.25) : 1 / Math.sqrt(multiplied[i]);
            if (best > 0 && Double.isFinite(best)) {
                change = Math.max(change, Math.abs(best / factor[i] - 1));
                factor[i] = best;
            }
        }
        return change;
    }

    /** Adds squared norms along one factor's axis, the other factors applied and this one not. */
    private void addSquares(Product product, int which, double[] sums) {
        int[] lengths = product.lengths();
        double[][] others = new double[lengths.length][];
        for (int k = 0; k < lengths.length; k++) {
            double[] all = factors.get(product.scales().get(k).space());
            others[k] = new double[lengths[k]];
            for (int i = 0; i < lengths[k]; i++) {
                double value = product.scales().get(k).reciprocal() ? 1 / all[i] : all[i];
                others[k][i] = k == which ? 1 : value * value;
            }
        }
        for (int flat = 0; flat < product.squares().length; flat++) {
            double value = product.squares()[flat];
            int rest = flat;
            int at = 0;
            for (int k = lengths.length - 1; k >= 0; k--) {
                int i = rest % lengths[k];
                rest /= lengths[k];
                value *= others[k][i];
                at = k == which ? i : at;
            }
            sums[at] += value;
        }
    }
}

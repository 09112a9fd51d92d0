package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Free bases inside heads. With P the Gram matrix of what writes a basis and Q that of what reads it, the map G with
 * {@code G P Gᵀ = G⁻ᵀ Q G⁻¹} makes both equal: {@code G = S^½} for the one positive S with {@code S P S = Q}, that is
 * {@code S = P^-½ (P^½ Q P^½)^½ P^-½}. It is the map that makes the sum of all squared weights smallest. O(size³) time
 * and O(size²) memory a space.
 */
final class Bases {
    /** Smallest eigenvalue of a Gram matrix, in units of the largest, below which its inverse is noise. */
    private static final double SINGULAR = 1e-12;

    private final Architecture architecture;
    private final Map<String, double[]> written = new LinkedHashMap<>();
    private final Map<String, double[]> read = new LinkedHashMap<>();

    private Bases(Architecture architecture, TensorReader source, Predicate<Group> wanted) {
        this.architecture = architecture;
        Gauge.forEachSlice(architecture, source, layout -> isOver(architecture, layout, wanted), (name, slice) ->
                slice.maps().stream()
                .filter(map -> wanted.test(architecture.space(map.space()).group()))
                .forEach(map -> add(map.role() == AxisRole.READER ? read : written, map, slice)));
    }

    static boolean isBasis(Group group) {
        return isInvertible(group) || group.kind().isRotary();
    }

    static boolean isInvertible(Group group) {
        return group.kind() == GroupKind.INVERTIBLE;
    }

    static boolean hasBasis(Architecture architecture, TensorLayout layout) {
        return isOver(architecture, layout, Bases::isBasis);
    }

    static boolean isOver(Architecture architecture, TensorLayout layout, Predicate<Group> wanted) {
        return layout.parts().stream()
                .flatMap(part -> part.factors().stream())
                .flatMap(factor -> factor.space().stream())
                .anyMatch(space -> wanted.test(architecture.space(space).group()));
    }

    /** Adds a Gram matrix, of rotary maps its diagonal alone: a stretch needs no more. */
    private void add(Map<String, double[]> grams, Slice.Mapped map, Slice slice) {
        double[] gram = architecture.space(map.space()).group().kind().isRotary()
                ? InnerProducts.squaresAlong(slice.values(), List.of(map.factor()))
                : gram(slice.matrix(map.factor()).to(DType.FLOAT64));
        grams.merge(map.space(), gram, (old, more) -> {
            double[] sum = old.clone();
            Arrays.setAll(sum, i -> sum[i] + more[i]);
            return sum;
        });
    }

    private static double[] gram(Tensor vectors) {
        return vectors.matmul(vectors.transpose(0, 1)).toDoubles();
    }

    /** Balances all bases: symmetric positive maps, in rotary pairs a stretch. */
    static Gauge.Step balance(Architecture architecture, TensorReader source) {
        Bases bases = new Bases(architecture, source, Bases::isBasis);
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        List<String> left = new ArrayList<>();
        bases.written.keySet().stream().filter(bases.read::containsKey).forEach(space -> {
            Group group = architecture.space(space).group();
            double[] writers = bases.written.get(space);
            double[] readers = bases.read.get(space);
            Optional<? extends GroupElement> found = group.kind().isRotary()
                    ? Optional.of(stretched(RotaryPairs.of(group), writers, readers))
                    : balanced(group.size(), writers, readers);
            found.ifPresentOrElse(
                    element -> elements.put(space, element),
                    () -> left.add("the maps that write or read '" + space + "' are of lower rank than its "
                            + group.size() + " dimensions, so its basis stays"));
        });
        return new Gauge.Step(elements, left);
    }

    /** Turns every balanced basis to the eigenvectors of its Gram matrix, the largest eigenvalue first. */
    static Gauge.Step turn(Architecture architecture, TensorReader source) {
        Bases bases = new Bases(architecture, source, Bases::isInvertible);
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        bases.invertible().forEach(space -> {
            int size = architecture.space(space).group().size();
            try (Scope scope = Scope.open()) {
                double[] columns = LinearAlgebra.symmetricEigen(Tensor.of(bases.written.get(space), size, size))
                        .vectors().transpose(0, 1).toDoubles();
                double[] rows = new double[columns.length];
                for (int i = 0; i < size; i++) {
                    System.arraycopy(columns, (size - 1 - i) * size, rows, i * size, size);
                }
                elements.put(space, LinearMap.invertible(rows));
            }
        });
        return new Gauge.Step(elements, List.of());
    }

    /**
     * Fixes what is left of every basis: of each coordinate's written weights the one of largest modulus becomes
     * positive, in rotary pairs, read as complex numbers, real and positive. Bases of invertible maps are oriented
     * where they were turned.
     */
    static Gauge.Step orient(Architecture architecture, TensorReader source, Set<String> turned) {
        Set<String> chosen = new HashSet<>(turned);
        architecture.spaces().values().stream()
                .filter(space -> space.group().kind().isRotary())
                .forEach(space -> chosen.add(space.name()));
        Map<String, double[]> largest = new LinkedHashMap<>();
        Gauge.forEachSlice(architecture, source, layout -> isWriter(layout, chosen), (name, slice) ->
                slice.maps().stream()
                .filter(map -> map.role() == AxisRole.WRITER && chosen.contains(map.space()))
                .forEach(map -> largest.merge(
                        map.space(),
                        LargestEntries.of(slice.matrix(map.factor()), architecture.space(map.space()).group()),
                        LargestEntries::larger)));
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        largest.forEach((space, entries) ->
                elements.put(space, LargestEntries.orienting(entries, architecture.space(space).group())));
        return new Gauge.Step(elements, List.of());
    }

    static boolean isWriter(TensorLayout layout, Set<String> spaces) {
        return layout.parts().stream().anyMatch(part -> part.factors().stream()
                .filter(factor -> factor.role() == AxisRole.WRITER)
                .flatMap(factor -> factor.reference().stream())
                .flatMap(reference -> reference.names(part.lengths()).stream())
                .anyMatch(spaces::contains));
    }

    /** Spaces of invertible maps whose writers and readers have full rank. */
    private List<String> invertible() {
        return written.keySet().stream()
                .filter(read::containsKey)
                .filter(space -> {
                    int size = architecture.space(space).group().size();
                    try (Scope scope = Scope.open()) {
                        return !isSingular(Tensor.of(written.get(space), size, size))
                                && !isSingular(Tensor.of(read.get(space), size, size));
                    }
                })
                .toList();
    }

    private static RotaryMap stretched(RotaryPairs pairs, double[] writers, double[] readers) {
        double[] numbers = RotaryMap.identity(pairs.size(), pairs.interleaved()).numbers();
        for (int pair = 0; pair < pairs.count(); pair++) {
            int one = pairs.first(pair);
            int other = pairs.second(pair);
            double in = writers[one] + writers[other];
            double out = readers[one] + readers[other];
            double factor = Math.pow(out / in, 0.25);
            numbers[2 * pair] = factor > 0 && Double.isFinite(factor) ? factor : 1;
        }
        return new RotaryMap(numbers, pairs.interleaved());
    }

    private static Optional<LinearMap> balanced(int size, double[] writers, double[] readers) {
        try (Scope scope = Scope.open()) {
            Tensor p = Tensor.of(writers, size, size);
            Tensor q = Tensor.of(readers, size, size);
            if (isSingular(p) || isSingular(q)) {
                return Optional.empty();
            }
            Tensor root = power(p, 0.5);
            Tensor inverse = power(p, -0.5);
            Tensor middle = power(symmetric(root.matmul(q).matmul(root)), 0.5);
            Tensor map = power(symmetric(inverse.matmul(middle).matmul(inverse)), 0.5);
            return Optional.of(LinearMap.invertible(map.toDoubles()));
        }
    }

    private static boolean isSingular(Tensor gram) {
        double[] values = LinearAlgebra.symmetricEigen(gram).values().toDoubles();
        return !(values[0] > SINGULAR * values[values.length - 1]);
    }

    private static Tensor symmetric(Tensor matrix) {
        return matrix.add(matrix.transpose(0, 1)).multiply(0.5);
    }

    /** A power of a symmetric positive matrix. */
    private static Tensor power(Tensor matrix, double exponent) {
        LinearAlgebra.Eigen eigen = LinearAlgebra.symmetricEigen(matrix);
        double[] values = eigen.values().toDoubles();
        Arrays.setAll(values, i -> Math.pow(values[i], exponent));
        return eigen.vectors()
                .multiply(Tensor.of(values, values.length))
                .matmul(eigen.vectors().transpose(0, 1));
    }
}

package org.thalweg.matching;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.ProductSum;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Adds up the inner products of a leaf's positions, slice by slice. Holds its sums until it is closed. */
final class CorrelationSum implements AutoCloseable {
    /** What acts on the weights that are summed together. */
    private enum Part { PLAIN, SCALED, UNSIGNED }

    private final Leaf leaf;
    private final Map<Part, ProductSum> sums = new EnumMap<>(Part.class);
    private double squareOfReference;
    private double squareOfModel;
    private int count;

    CorrelationSum(Leaf leaf) {
        this.leaf = leaf;
    }

    /** Adds a multiple of the identity, as two equal blocks of orthonormal columns would. */
    void addIdentity(double weight) {
        try (Scope scope = Scope.open()) {
            int size = leaf.group().size();
            double[] entries = new double[Math.multiplyExact(size, size)];
            for (int i = 0; i < size; i++) {
                entries[i * size + i] = Math.sqrt(weight);
            }
            Tensor block = Tensor.of(entries, size, size);
            sum(Part.PLAIN).add(block, block);
            squareOfReference += size * weight;
            squareOfModel += size * weight;
        }
    }

    /** Adds a slice of A and the same of B, of which one factor runs over the leaf. */
    void add(Slice reference, Slice model, int factor) {
        // A rotation keeps no diagonal but that of equal gains, which tell nothing about it.
        if (isRotation() && reference.role(factor) == AxisRole.DIAGONAL) {
            return;
        }
        count++;
        try (Scope scope = Scope.open()) {
            Tensor a = reference.matrix(factor);
            Tensor b = model.matrix(factor);
            squareOfReference += InnerProducts.squareOf(a.dtype() == DType.FLOAT64 ? a : reference.values());
            squareOfModel += InnerProducts.squareOf(b.dtype() == DType.FLOAT64 ? b : model.values());
            sum(part(reference, factor)).add(a, b);
        }
    }

    private ProductSum sum(Part part) {
        return sums.computeIfAbsent(part, _ -> new ProductSum(leaf.group().size()));
    }

    private Optional<Tensor> matrix(Part part) {
        return Optional.ofNullable(sums.get(part)).map(ProductSum::matrix);
    }

    private Correlation correlation() {
        return new Correlation(matrix(Part.PLAIN), matrix(Part.SCALED), matrix(Part.UNSIGNED));
    }

    private Part part(Slice reference, int factor) {
        if (reference.role(factor) == AxisRole.DIAGONAL) {
            return Part.UNSIGNED;
        }
        boolean isScaled = leaf.signs().filter(signs -> reference.isScaledBy(signs, factor)).isPresent();
        return isScaled ? Part.SCALED : Part.PLAIN;
    }

    private boolean isRotation() {
        return leaf.group().kind().isOrthogonal();
    }

    boolean isEmpty() {
        return count == 0;
    }

    Correlation.Best best(Leaf by) {
        return correlation().best(by);
    }

    /** What the best element reaches in comparison. */
    ResidualStream.Shares shares(double best) {
        int size = leaf.group().size();
        double trace = ofIdentity();
        double random = switch (leaf.group().kind()) {
            case PERMUTATION, CENTRED_ORTHOGONAL ->
                sums.values().stream().mapToDouble(sum -> sum.matrix().sum().item()).sum() / size;
            case SIGNED_PERMUTATION -> matrix(Part.UNSIGNED).map(matrix -> matrix.sum().item()).orElse(0.0) / size;
            default -> 0;
        };
        return ResidualStream.Shares.of(best, trace, random, Math.sqrt(squareOfReference * squareOfModel));
    }

    /** The inner product that the identity reaches. */
    double ofIdentity() {
        try (Scope scope = Scope.open()) {
            Tensor diagonal = Tensor.indices(IntStream.range(0, leaf.group().size()).toArray()).unsqueeze(1);
            double trace = 0;
            for (ProductSum sum : sums.values()) {
                trace += sum.matrix().gather(1, diagonal).to(DType.FLOAT64).sum().item();
            }
            return trace;
        }
    }

    /** The product of the norms of what was added. */
    double norms() {
        return Math.sqrt(squareOfReference * squareOfModel);
    }

    /** The squared norm of what was added of A. */
    double squareOfReference() {
        return squareOfReference;
    }

    /** The squared distance of what was added. */
    double squaredDistance() {
        return squareOfReference + squareOfModel - 2 * ofIdentity();
    }

    /** An inner product divided by the norms; 1 where there is nothing. */
    double cosine(double product) {
        double norms = norms();
        return norms > 0 ? product / norms : 1;
    }

    @Override
    public void close() {
        sums.values().forEach(ProductSum::close);
    }
}

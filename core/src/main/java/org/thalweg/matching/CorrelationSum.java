package org.thalweg.matching;

import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.ProductSum;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Adds up the inner products of a leaf's positions, slice by slice. Holds its sums until it is closed. */
final class CorrelationSum implements AutoCloseable {
    private final Leaf leaf;
    private final ProductSum plain;
    private final ProductSum scaled;
    private final ProductSum unsigned;
    private double squareOfReference;
    private double squareOfModel;
    private int count;

    CorrelationSum(Leaf leaf) {
        this.leaf = leaf;
        int size = leaf.group().size();
        this.plain = new ProductSum(size);
        this.scaled = new ProductSum(size);
        this.unsigned = new ProductSum(size);
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
            plain.add(block, block);
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
            sumOf(reference, factor).add(a, b);
        }
    }

    private ProductSum sumOf(Slice reference, int factor) {
        if (reference.role(factor) == AxisRole.DIAGONAL) {
            return unsigned;
        }
        boolean isScaled = leaf.signs().filter(signs -> reference.isScaledBy(signs, factor)).isPresent();
        return isScaled ? scaled : plain;
    }

    private boolean isRotation() {
        return leaf.group().kind().isOrthogonal();
    }

    boolean isEmpty() {
        return count == 0;
    }

    Correlation.Best best(Leaf by) {
        return new Correlation(plain.matrix(), scaled.matrix(), unsigned.matrix()).best(by);
    }

    /** What the best element reaches in comparison. */
    ResidualStream.Shares shares(double best) {
        Tensor same = plain.matrix().add(scaled.matrix()).add(unsigned.matrix());
        int size = leaf.group().size();
        double trace = ofIdentity();
        double random = switch (leaf.group().kind()) {
            case PERMUTATION, CENTRED_ORTHOGONAL -> same.sum().item() / size;
            case SIGNED_PERMUTATION -> unsigned.matrix().sum().item() / size;
            default -> 0;
        };
        return ResidualStream.Shares.of(best, trace, random, Math.sqrt(squareOfReference * squareOfModel));
    }

    /** The inner product that the identity reaches. */
    double ofIdentity() {
        try (Scope scope = Scope.open()) {
            Tensor diagonal = Tensor.indices(IntStream.range(0, leaf.group().size()).toArray()).unsqueeze(1);
            double trace = 0;
            for (ProductSum sum : List.of(plain, scaled, unsigned)) {
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
        plain.close();
        scaled.close();
        unsigned.close();
    }
}

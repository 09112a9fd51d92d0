package org.thalweg.matching;

import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Inner products in float64 whatever the type of the factors, in blocks that a cache holds. Changes nothing. */
final class InnerProducts {
    private static final long BLOCK = 1L << 16;

    private InnerProducts() {}

    /** The sum of all squares. */
    static double squareOf(Tensor tensor) {
        if (tensor.dtype() == DType.FLOAT64) {
            double norm = tensor.norm();
            return norm * norm;
        }
        try (Scope scope = Scope.open()) {
            Tensor flat = tensor.reshape(-1);
            double sum = 0;
            for (long first = 0; first < flat.size(); first += BLOCK) {
                try (Scope block = Scope.open()) {
                    Tensor some = flat.narrow(0, first, Math.min(BLOCK, flat.size() - first)).to(DType.FLOAT64);
                    sum += some.matmul(some).item();
                }
            }
            return sum;
        }
    }

    /** The sum of all products of corresponding numbers of two tensors of one shape. */
    static double of(Tensor one, Tensor other) {
        try (Scope scope = Scope.open()) {
            if (one.size() <= BLOCK) {
                return one.to(DType.FLOAT64).multiply(other.to(DType.FLOAT64)).sum().item();
            }
            double sum = 0;
            long rows = rows(one);
            for (long first = 0; first < one.length(0); first += rows) {
                long taken = Math.min(rows, one.length(0) - first);
                try (Scope block = Scope.open()) {
                    sum += one.narrow(0, first, taken).to(DType.FLOAT64)
                            .multiply(other.narrow(0, first, taken).to(DType.FLOAT64)).sum().item();
                }
            }
            return sum;
        }
    }

    /**
     * What two slices have in common along a factor.
     *
     * @param products for each position, of A's numbers there with those of B that are put there
     * @param reference the sum of A's squares
     * @param model the sum of B's squares
     */
    record Along(double[] products, double reference, double model) {}

    /** For each position along a factor the product of A's numbers there with B's that {@code order} puts there. */
    static Along along(SlicePair pair, int factor, int[] order) {
        Slice reference = pair.reference();
        boolean isLast = factor == reference.factors() - 1;
        try (Scope scope = Scope.open()) {
            Tensor index = Tensor.indices(order);
            Tensor one = isLast ? reference.values().reshape(-1, order.length) : reference.matrix(factor);
            Tensor other = isLast ? pair.model().values().reshape(-1, order.length) : pair.model().matrix(factor);
            double[] products = new double[order.length];
            double[] squares = new double[2];
            long rows = rows(one);
            for (long first = 0; first < one.length(0); first += rows) {
                long taken = Math.min(rows, one.length(0) - first);
                int start = isLast ? 0 : (int) first;
                try (Scope block = Scope.open()) {
                    Tensor a = one.narrow(0, first, taken).to(DType.FLOAT64);
                    Tensor b = (isLast ? other.narrow(0, first, taken).indexSelect(1, index)
                            : other.indexSelect(0, index.narrow(0, first, taken))).to(DType.FLOAT64);
                    double[] found = a.multiply(b).sum(isLast ? 0 : 1, false).toDoubles();
                    for (int i = 0; i < found.length; i++) {
                        products[start + i] += found[i];
                    }
                    squares[0] += squareOf(a);
                    squares[1] += squareOf(b);
                }
            }
            return new Along(products, squares[0], squares[1]);
        }
    }

    private static long rows(Tensor tensor) {
        return Math.max(1, BLOCK / Math.max(1, tensor.size() / tensor.length(0)));
    }
}

package org.thalweg.matching;

import java.util.Arrays;
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

    /** For each position along a factor the product of A's numbers there with B's that {@code order} puts there. */
    static double[] along(SlicePair pair, int factor, int[] order) {
        try (Scope scope = Scope.open()) {
            Tensor index = Tensor.indices(order);
            Slice reference = pair.reference();
            boolean isLast = factor == reference.factors() - 1;
            return isLast
                    ? alongColumns(
                            reference.values().reshape(-1, order.length),
                            pair.model().values().reshape(-1, order.length), index)
                    : alongRows(reference.matrix(factor), pair.model().matrix(factor), index);
        }
    }

    private static double[] alongRows(Tensor one, Tensor other, Tensor index) {
        double[] products = new double[(int) one.length(0)];
        long rows = rows(one);
        for (int first = 0; first < products.length; first += (int) rows) {
            long taken = Math.min(rows, products.length - first);
            try (Scope block = Scope.open()) {
                double[] found = one.narrow(0, first, taken).to(DType.FLOAT64)
                        .multiply(other.indexSelect(0, index.narrow(0, first, taken)).to(DType.FLOAT64))
                        .sum(1, false).toDoubles();
                System.arraycopy(found, 0, products, first, found.length);
            }
        }
        return products;
    }

    private static double[] alongColumns(Tensor one, Tensor other, Tensor index) {
        double[] products = new double[(int) one.length(1)];
        long rows = rows(one);
        for (long first = 0; first < one.length(0); first += rows) {
            long taken = Math.min(rows, one.length(0) - first);
            try (Scope block = Scope.open()) {
                double[] found = one.narrow(0, first, taken).to(DType.FLOAT64)
                        .multiply(other.narrow(0, first, taken).indexSelect(1, index).to(DType.FLOAT64))
                        .sum(0, false).toDoubles();
                Arrays.setAll(products, i -> products[i] + found[i]);
            }
        }
        return products;
    }

    private static long rows(Tensor tensor) {
        return Math.max(1, BLOCK / Math.max(1, tensor.size() / tensor.length(0)));
    }
}

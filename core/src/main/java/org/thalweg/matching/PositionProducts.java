package org.thalweg.matching;

import java.util.Arrays;
import java.util.List;
import org.thalweg.tensor.Blocks;
import org.thalweg.tensor.Columns;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * What two slices have in common along a factor, in float64.
 *
 * @param products for each position, of A's numbers there with those of B that are put there
 * @param reference the sum of A's squares
 * @param model the sum of B's squares
 */
record PositionProducts(double[] products, double reference, double model) {
    /** For each position along a factor the product of A's numbers there with B's that {@code order} puts there. */
    static PositionProducts along(SlicePair pair, int factor, int[] order) {
        try (Scope scope = Scope.open()) {
            if (factor < pair.reference().factors() - 1) {
                return ofRows(pair.reference().matrix(factor), pair.model().matrix(factor), order);
            }
            return ofColumns(pair.reference().values().reshape(-1, order.length),
                    pair.model().values().reshape(-1, order.length), order);
        }
    }

    private static PositionProducts ofRows(Tensor one, Tensor other, int[] order) {
        Tensor index = Tensor.indices(order);
        double[] products = new double[order.length];
        List<PositionProducts> parts = Blocks.along(0, one).map(block -> {
            Tensor a = block.of(one).to(DType.FLOAT64);
            Tensor b = other.indexSelect(0, block.of(index)).to(DType.FLOAT64);
            double[] found = a.multiply(b).sum(1, false).toDoubles();
            System.arraycopy(found, 0, products, Math.toIntExact(block.first()), found.length);
            return new PositionProducts(found, InnerProducts.squareOf(a), InnerProducts.squareOf(b));
        });
        return new PositionProducts(products,
                parts.stream().mapToDouble(PositionProducts::reference).sum(),
                parts.stream().mapToDouble(PositionProducts::model).sum());
    }

    private static PositionProducts ofColumns(Tensor one, Tensor other, int[] order) {
        // The two squares stand behind the products.
        double[] sums = Blocks.along(0, one).sum(block -> {
            Tensor a = block.of(one).to(DType.FLOAT64);
            Tensor b = Columns.select(block.of(other), order).to(DType.FLOAT64);
            double[] found = Arrays.copyOf(a.multiply(b).sum(0, false).toDoubles(), order.length + 2);
            found[order.length] = InnerProducts.squareOf(a);
            found[order.length + 1] = InnerProducts.squareOf(b);
            return found;
        });
        return new PositionProducts(
                Arrays.copyOf(sums, order.length), sums[order.length], sums[order.length + 1]);
    }
}

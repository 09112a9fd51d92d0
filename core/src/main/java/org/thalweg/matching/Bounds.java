package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.ProductSum;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Upper bounds of inner products of rows from an eighth of their columns: the products over those columns, plus the
 * product of the norms of the others (Cauchy and Schwarz), plus all that rounding to float32 can have taken away. Where
 * rows of B are copies of rows of A with some noise, all others are shown to be farther by that. For one thread.
 */
final class Bounds {
    private static final int PART = 8;
    private static final long FEWEST = 64;

    private final List<float[]> ofReference = new ArrayList<>();
    private final List<float[]> ofModel = new ArrayList<>();
    private final List<Double> factors = new ArrayList<>();

    /** Adds the products over the first columns of two matrices [n k], and remembers what bounds the rest. */
    void add(ProductSum sum, Tensor reference, Tensor model) {
        long columns = reference.length(1);
        long taken = Math.min(columns, Math.max(FEWEST, columns / PART));
        sum.add(reference.narrow(1, 0, taken), model.narrow(1, 0, taken));
        // The error of a float32 sum of k products is below k 2^-24 times the norms.
        double rounding = Math.sqrt(taken * 0x1p-22);
        factors.add(rounding);
        ofReference.add(bounds(reference, taken, rounding));
        ofModel.add(bounds(model, taken, rounding));
    }

    /** [n 2] norms of the other columns, and norms of the first times a factor. */
    private static float[] bounds(Tensor matrix, long taken, double rounding) {
        try (Scope scope = Scope.open()) {
            Tensor rest = norms(matrix.narrow(1, taken, matrix.length(1) - taken)).multiply(1 + 0x1p-20);
            Tensor first = norms(matrix.narrow(1, 0, taken)).multiply(rounding);
            return Tensor.concatenate(List.of(rest, first), 1).toFloats();
        }
    }

    /**
     * About half of what each row of B reaches with its own copy in A: what is left of a bound when this is taken away
     * is largest for the row that is closest, whatever the lengths of the others.
     *
     * @return [n]
     */
    double[] halves() {
        double[] own = squares(ofModel);
        double ratio = Math.sqrt(Arrays.stream(squares(ofReference)).sum() / Arrays.stream(own).sum());
        return Arrays.stream(own).map(square -> ratio * square / 2).toArray();
    }

    private double[] squares(List<float[]> bounds) {
        double[] squares = new double[bounds.getFirst().length / 2];
        for (int pair = 0; pair < bounds.size(); pair++) {
            double factor = factors.get(pair);
            float[] norms = bounds.get(pair);
            Arrays.setAll(squares, i -> squares[i] + (double) norms[2 * i] * norms[2 * i]
                    + norms[2 * i + 1] * norms[2 * i + 1] / (factor * factor));
        }
        return squares;
    }

    /** [n 1] norms of the rows in float64. */
    private static Tensor norms(Tensor matrix) {
        return Tensor.of(InnerProducts.squaresAlong(matrix, List.of(0)), matrix.length(0), 1).sqrt();
    }

    /** Adds what the rest of all products is at most. */
    void addTo(ProductSum sum) {
        for (int pair = 0; pair < ofReference.size(); pair++) {
            try (Scope scope = Scope.open()) {
                sum.add(matrix(ofReference.get(pair)), matrix(ofModel.get(pair)));
            }
        }
    }

    private static Tensor matrix(float[] bounds) {
        return Tensor.of(bounds, bounds.length / 2, 2);
    }
}

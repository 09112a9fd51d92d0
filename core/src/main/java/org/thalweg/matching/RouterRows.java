package org.thalweg.matching;

import java.util.List;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.Tensor;

/**
 * The rows of a router with their biases, one for each expert, as far as its scores tell them apart (arXiv 2509.11348,
 * Eq 10). Where the architecture says that a common shift of all rows is free, their mean is subtracted; where it says
 * that a positive factor of the whole router is free, the rows are divided by their Frobenius norm.
 *
 * @param rows [experts numbers] in float64
 */
record RouterRows(double[][] rows) {
    /**
     * Reads the rows.
     *
     * @param experts for each expert its slices of the router, in one order; not changed
     */
    static RouterRows of(List<List<Slice>> experts) {
        double[][] rows = experts.stream().map(RouterRows::row).toArray(double[][]::new);
        double norm = 0;
        int coordinate = 0;
        boolean isScaleFree = false;
        for (Slice slice : experts.getFirst()) {
            isScaleFree |= slice.scales().stream().anyMatch(scale -> scale.factor().isEmpty());
            for (long number = 0; number < slice.values().size(); number++) {
                norm += centred(rows, coordinate, slice.shift().isPresent());
                coordinate++;
            }
        }
        if (isScaleFree && norm > 0) {
            for (double[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    row[i] /= Math.sqrt(norm);
                }
            }
        }
        return new RouterRows(rows);
    }

    private static double[] row(List<Slice> slices) {
        return slices.isEmpty()
                ? new double[0]
                : Tensor.concatenate(slices.stream().map(Slice::flat).toList(), 1).toDoubles();
    }

    /** Subtracts the mean of a coordinate where that is asked for; the sum of its squares. */
    private static double centred(double[][] rows, int coordinate, boolean isShifted) {
        double mean = 0;
        if (isShifted) {
            for (double[] row : rows) {
                mean += row[coordinate] / rows.length;
            }
        }
        double squares = 0;
        for (double[] row : rows) {
            row[coordinate] -= mean;
            squares += row[coordinate] * row[coordinate];
        }
        return squares;
    }

    /**
     * Distances of this router's rows from another's.
     *
     * @return [experts experts] squares; time O(n² d)
     */
    double[][] squaredDistances(RouterRows other) {
        double[][] squares = new double[rows.length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                for (int coordinate = 0; coordinate < rows[i].length; coordinate++) {
                    double difference = rows[i][coordinate] - other.rows[j][coordinate];
                    squares[i][j] += difference * difference;
                }
            }
        }
        return squares;
    }
}

package org.thalweg.identifiability;

import java.util.Arrays;
import org.thalweg.group.Permutation;
import org.thalweg.tensor.Parameters;

/**
 * The rows of a gate.
 *
 * @param weights [experts residual]
 * @param biases [experts], zeros for a gate without bias
 */
record GateRows(double[][] weights, double[] biases) {
    static GateRows of(Parameters layer) {
        String prefix = MoeFunction.ALONE + ".gate.";
        int experts = (int) layer.get(prefix + "weight").length(0);
        double[] flat = layer.get(prefix + "weight").toDoubles();
        int width = flat.length / experts;
        double[][] weights = new double[experts][];
        for (int expert = 0; expert < experts; expert++) {
            weights[expert] = Arrays.copyOfRange(flat, expert * width, (expert + 1) * width);
        }
        double[] biases =
                layer.contains(prefix + "bias") ? layer.get(prefix + "bias").toDoubles() : new double[experts];
        return new GateRows(weights, biases);
    }

    int experts() {
        return weights.length;
    }

    /** A row with its bias as the last coordinate. */
    double[] joined(int expert) {
        double[] row = Arrays.copyOf(weights[expert], weights[expert].length + 1);
        row[row.length - 1] = biases[expert];
        return row;
    }

    /** The mean over the experts of {@link #joined}. */
    double[] mean() {
        double[] mean = new double[weights[0].length + 1];
        for (int expert = 0; expert < experts(); expert++) {
            double[] row = joined(expert);
            for (int coordinate = 0; coordinate < mean.length; coordinate++) {
                mean[coordinate] += row[coordinate] / experts();
            }
        }
        return mean;
    }

    /** Rows with their biases, centred over the experts. */
    double[][] centred() {
        double[] mean = mean();
        double[][] rows = new double[experts()][];
        for (int expert = 0; expert < experts(); expert++) {
            double[] row = joined(expert);
            Arrays.setAll(row, coordinate -> row[coordinate] - mean[coordinate]);
            rows[expert] = row;
        }
        return rows;
    }

    /** Frobenius norm of the centred rows. */
    double spread() {
        double squares = 0;
        for (double[] row : centred()) {
            for (double number : row) {
                squares += number * number;
            }
        }
        return Math.sqrt(squares);
    }

    /** {@code scale · this_τ(i)}, and the vector to add: what is left between the mean of another gate and that. */
    double[] shiftTo(GateRows other, double scale) {
        double[] shift = other.mean();
        double[] own = mean();
        Arrays.setAll(shift, coordinate -> shift[coordinate] - scale * own[coordinate]);
        return shift;
    }

    /** By how much {@code scale · this_τ(i) + shift} misses the other's rows at most, relative to its spread. */
    double residual(GateRows other, double scale, Permutation order) {
        double[][] own = centred();
        double[][] target = other.centred();
        double largest = 0;
        double size = Math.max(Double.MIN_NORMAL, other.spread());
        for (int expert = 0; expert < target.length; expert++) {
            double[] source = own[order.image(expert)];
            for (int coordinate = 0; coordinate < source.length; coordinate++) {
                largest = Math.max(largest, Math.abs(scale * source[coordinate] - target[expert][coordinate]));
            }
        }
        return largest / size;
    }
}

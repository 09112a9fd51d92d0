package org.thalweg.matching;

import java.util.Optional;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * Expert order by the gate (Paper A, Eq 10): the Euclidean distance of gate rows, each with its bias, after
 * subtracting their mean over the experts of the same model, so that the gate's translation does not count.
 *
 * <p>A gate without bias has no bias term. Where only the best expert counts (softmax over one selected score),
 * gates that differ by a positive factor are the same function; there the centred gate is divided by its Frobenius
 * norm.
 */
final class GateOrder {
    private GateOrder() {}

    /**
     * Cost matrix of Eq 10 in float64. Time O(n² d).
     *
     * @param reference A; not changed
     * @param model B; not changed
     * @param prefix of the layer's tensors
     * @param scaleFree whether a positive factor of the gate is free
     * @return [n n] distance of expert i of A and expert j of B
     */
    static double[][] costs(Parameters reference, Parameters model, String prefix, boolean scaleFree) {
        double[][] a = centred(reference, prefix, scaleFree);
        double[][] b = centred(model, prefix, scaleFree);
        double[][] cost = new double[a.length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                double squares = 0;
                for (int coordinate = 0; coordinate < a[i].length; coordinate++) {
                    double difference = a[i][coordinate] - b[j][coordinate];
                    squares += difference * difference;
                }
                cost[i][j] = Math.sqrt(squares);
            }
        }
        return cost;
    }

    /** Gate rows with their biases, centred; [n d+1], or [n d] without bias. */
    static double[][] centred(Parameters model, String prefix, boolean scaleFree) {
        double[][] rows = rows(model, prefix);
        double norm = 0;
        for (int coordinate = 0; coordinate < rows[0].length; coordinate++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[coordinate] / rows.length;
            }
            for (double[] row : rows) {
                row[coordinate] -= mean;
                norm += row[coordinate] * row[coordinate];
            }
        }
        if (scaleFree && norm > 0) {
            for (double[] row : rows) {
                for (int coordinate = 0; coordinate < row.length; coordinate++) {
                    row[coordinate] /= Math.sqrt(norm);
                }
            }
        }
        return rows;
    }

    /** Gate rows with their biases as a last coordinate. */
    private static double[][] rows(Parameters model, String prefix) {
        Tensor weight = model.get(prefix + ".gate.weight"); // [n d]
        String biasName = prefix + ".gate.bias";
        Optional<double[]> bias =
                model.contains(biasName) ? Optional.of(model.get(biasName).toDoubles()) : Optional.empty();
        int experts = (int) weight.length(0);
        int width = (int) weight.length(1);
        double[] flat = weight.toDoubles();
        double[][] rows = new double[experts][width + (bias.isPresent() ? 1 : 0)];
        for (int expert = 0; expert < experts; expert++) {
            System.arraycopy(flat, expert * width, rows[expert], 0, width);
            if (bias.isPresent()) {
                rows[expert][width] = bias.get()[expert];
            }
        }
        return rows;
    }
}

package org.thalweg.symmetry;

import java.util.Arrays;
import org.thalweg.tensor.Parameters;

/** A model's tensors as rows of doubles, under a prefix. */
record OracleWeights(Parameters model, String prefix) {
    OracleWeights at(String inner) {
        return new OracleWeights(model, prefix + inner);
    }

    boolean has(String name) {
        return model.contains(prefix + name);
    }

    double[] vector(String name) {
        return model.get(prefix + name).toDoubles();
    }

    double[][] matrix(String name) {
        return rows(vector(name), (int) model.get(prefix + name).length(1));
    }

    /** Slice i of a tensor of three axes. */
    double[][] matrix(String name, int i) {
        long[] shape = model.get(prefix + name).shape();
        int size = (int) (shape[1] * shape[2]);
        return rows(Arrays.copyOfRange(vector(name), i * size, (i + 1) * size), (int) shape[2]);
    }

    private static double[][] rows(double[] flat, int columns) {
        double[][] rows = new double[flat.length / columns][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * columns, (i + 1) * columns));
        return rows;
    }

    /** x through a linear map with its bias, if it has one. */
    double[] linear(String name, double[] x) {
        double[] y = OracleMath.linear(matrix(name + ".weight"), x);
        return has(name + ".bias") ? OracleMath.add(y, vector(name + ".bias")) : y;
    }

    /** act(gate x) * (up x), then down. */
    double[] gatedMlp(double[] x) {
        return linear("down_proj", OracleMath.product(OracleMath.silu(linear("gate_proj", x)), linear("up_proj", x)));
    }
}

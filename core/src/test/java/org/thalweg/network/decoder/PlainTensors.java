package org.thalweg.network.decoder;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.thalweg.tensor.Parameters;

/** A model's tensors as Java arrays, and the arithmetic of the reference. */
final class PlainTensors {
    private final Map<String, double[]> values = new HashMap<>();
    private final String prefix;

    PlainTensors(Parameters parameters, String prefix) {
        this.prefix = prefix;
        parameters.asMap().forEach((name, tensor) -> values.put(name, tensor.toDoubles()));
    }

    String prefix() {
        return prefix;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    double[] values(String name) {
        if (!has(name)) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return values.get(name);
    }

    double[][] linear(String name, double[][] x) {
        double[] weight = values(name + ".weight");
        double[] bias = values.getOrDefault(name + ".bias", new double[weight.length / x[0].length]);
        double[][] result = new double[x.length][bias.length];
        for (int row = 0; row < x.length; row++) {
            for (int out = 0; out < bias.length; out++) {
                result[row][out] = bias[out];
                for (int in = 0; in < x[row].length; in++) {
                    result[row][out] += weight[out * x[row].length + in] * x[row][in];
                }
            }
        }
        return result;
    }

    double[][] rmsNorm(String name, double[][] x) {
        return rmsNorm(name, x, 1e-5);
    }

    double[][] rmsNorm(String name, double[][] x, double epsilon) {
        double[][] result = unitRoots(x, epsilon);
        double[] gain = values(name);
        for (double[] row : result) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= gain[i];
            }
        }
        return result;
    }

    static double[][] unitRoots(double[][] x, double epsilon) {
        double[][] result = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            result[row] = scaled(x[row], 1 / Math.sqrt(dot(x[row], x[row]) / x[row].length + epsilon));
        }
        return result;
    }

    static double[][] clip(double[][] x, double bound) {
        return map(x, value -> Math.max(-bound, Math.min(bound, value)));
    }

    static double[][] map(double[][] x, DoubleUnaryOperator function) {
        double[][] result = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            result[row] = Arrays.stream(x[row]).map(function).toArray();
        }
        return result;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[] scaled(double[] x, double factor) {
        return Arrays.stream(x).map(value -> value * factor).toArray();
    }

    static void addTo(double[] sum, double[] x, double factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * x[i];
        }
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}

package org.thalweg.symmetry;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Plain float64 arithmetic on rows, for the reference forwards of the tests. */
final class OracleMath {
    private OracleMath() {}

    /** x [n] times the transpose of weight [out n]. */
    static double[] linear(double[][] weight, double[] x) {
        return Arrays.stream(weight).mapToDouble(row -> dot(row, x)).toArray();
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[] add(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
    }

    static double[] times(double factor, double[] a) {
        return Arrays.stream(a).map(value -> factor * value).toArray();
    }

    static double[] rmsNorm(double[] x, double[] gain) {
        double scale = 1 / Math.sqrt(dot(x, x) / x.length + 1e-6);
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] * scale * gain[i]).toArray();
    }

    static double[] layerNorm(double[] x, double[] gain, double[] shift) {
        double mean = Arrays.stream(x).average().orElse(0);
        double[] centred = Arrays.stream(x).map(value -> value - mean).toArray();
        double scale = 1 / Math.sqrt(dot(centred, centred) / x.length + 1e-5);
        return IntStream.range(0, x.length).mapToDouble(i -> centred[i] * scale * gain[i] + shift[i]).toArray();
    }

    static double[] softmax(double[] z) {
        double top = Arrays.stream(z).max().orElse(0);
        double[] e = Arrays.stream(z).map(value -> Math.exp(value - top)).toArray();
        return times(1 / Arrays.stream(e).sum(), e);
    }

    static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    static double[] silu(double[] z) {
        return Arrays.stream(z).map(value -> value * sigmoid(value)).toArray();
    }

    static double[] gelu(double[] z) {
        return Arrays.stream(z)
                .map(x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))).toArray();
    }

    static double[] product(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).toArray();
    }

    /** Indices of the largest entries, best first. */
    static int[] largest(double[] values, int count) {
        return IntStream.range(0, values.length).boxed()
                .sorted((i, j) -> Double.compare(values[j], values[i])).limit(count).mapToInt(i -> i).toArray();
    }

    /** Rotary position embedding of x at a position; pairs i, i + half or 2i, 2i + 1. */
    static double[] rotated(double[] x, int position, boolean interleaved) {
        double[] result = x.clone();
        for (int pair = 0; pair < x.length / 2; pair++) {
            double angle = position * Math.pow(100, -2.0 * pair / x.length);
            int i = interleaved ? 2 * pair : pair;
            int j = interleaved ? i + 1 : pair + x.length / 2;
            result[i] = x[i] * Math.cos(angle) - x[j] * Math.sin(angle);
            result[j] = x[j] * Math.cos(angle) + x[i] * Math.sin(angle);
        }
        return result;
    }

    /** Softmax attention of one query over keys and values up to its own position. */
    static double[] attend(double[] query, double[][] keys, double[][] values, int position) {
        double[] scores = new double[position + 1];
        Arrays.setAll(scores, t -> dot(query, keys[t]) / Math.sqrt(query.length));
        double[] weights = softmax(scores);
        double[] result = new double[values[0].length];
        for (int t = 0; t <= position; t++) {
            result = add(result, times(weights[t], values[t]));
        }
        return result;
    }

    /** As attend over all keys, with a score for attending to nothing. */
    static double[] attendWithSink(double[] query, double[][] keys, double[][] values, double sink) {
        double[] scores = new double[keys.length + 1];
        Arrays.setAll(scores, t -> t < keys.length ? dot(query, keys[t]) / Math.sqrt(query.length) : sink);
        double[] weights = softmax(scores);
        double[] result = new double[values[0].length];
        for (int t = 0; t < keys.length; t++) {
            result = add(result, times(weights[t], values[t]));
        }
        return result;
    }

    /** Attention over all keys with unscaled scores and a number added to each. */
    static double[] attendWithBias(double[] query, double[][] keys, double[][] values, double[] bias) {
        double[] scores = new double[keys.length];
        Arrays.setAll(scores, t -> dot(query, keys[t]) + bias[t]);
        double[] weights = softmax(scores);
        double[] result = new double[values[0].length];
        for (int t = 0; t < keys.length; t++) {
            result = add(result, times(weights[t], values[t]));
        }
        return result;
    }

    static double[] joined(double[]... pieces) {
        return Arrays.stream(pieces).flatMapToDouble(Arrays::stream).toArray();
    }

    static double[][] transposed(double[][] matrix) {
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < result.length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }
}

package org.thalweg.network;

import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/** Arithmetic of networks on plain arrays in double precision, written from the formulas and slow. */
final class PlainLinear {
    private PlainLinear() {}

    /** {@code y = x Wᵀ + b}; x [rows in], weight [out in]; no bias when the model has none. */
    static double[][] apply(Parameters model, String name, double[][] x) {
        Tensor weight = model.get(name + ".weight");
        int in = x[0].length;
        int out = (int) (weight.size() / in);
        double[] w = weight.toDoubles();
        double[] b = model.contains(name + ".bias") ? model.get(name + ".bias").toDoubles() : new double[out];
        double[][] y = new double[x.length][out];
        for (int row = 0; row < x.length; row++) {
            for (int o = 0; o < out; o++) {
                double sum = b[o];
                for (int i = 0; i < in; i++) {
                    sum += x[row][i] * w[o * in + i];
                }
                y[row][o] = sum;
            }
        }
        return y;
    }

    static double[][] activate(UnitFunction activation, double[][] x) {
        double[][] y = new double[x.length][x[0].length];
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < x[row].length; i++) {
                y[row][i] = switch (activation) {
                    case RELU -> Math.max(0, x[row][i]);
                    case SILU -> x[row][i] / (1 + Math.exp(-x[row][i]));
                    case GELU_TANH -> x[row][i] * 0.5 * (1 + Math.tanh(
                            Math.sqrt(2 / Math.PI) * (x[row][i] + 0.044715 * Math.pow(x[row][i], 3))));
                    case GELU -> x[row][i] * 0.5 * (1 + erf(x[row][i] / Math.sqrt(2)));
                };
            }
        }
        return y;
    }

    /** The error function by its Maclaurin series, to about 1e-14 for |x| below 4. */
    static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    static double[] softmax(double[] scores) {
        double[] weights = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            weights[i] = Math.exp(scores[i]);
            sum += weights[i];
        }
        for (int i = 0; i < scores.length; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    static double[][] norm(Parameters model, String name, double[][] x) {
        double[] gain = model.get(name + ".weight").toDoubles();
        double[] shift = model.get(name + ".bias").toDoubles();
        double[][] y = new double[x.length][x[0].length];
        for (int row = 0; row < x.length; row++) {
            double mean = 0;
            double square = 0;
            for (double value : x[row]) {
                mean += value / x[row].length;
            }
            for (double value : x[row]) {
                square += (value - mean) * (value - mean) / x[row].length;
            }
            for (int i = 0; i < x[row].length; i++) {
                y[row][i] = (x[row][i] - mean) / Math.sqrt(square + 1e-12) * gain[i] + shift[i];
            }
        }
        return y;
    }

    static void add(double[][] to, double[][] what) {
        for (int row = 0; row < to.length; row++) {
            for (int i = 0; i < to[row].length; i++) {
                to[row][i] += what[row][i];
            }
        }
    }
}

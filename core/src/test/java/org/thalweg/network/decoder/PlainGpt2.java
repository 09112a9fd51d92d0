package org.thalweg.network.decoder;

import org.thalweg.network.HiddenUnits;
import org.thalweg.network.PlainMoe;
import org.thalweg.network.UnitFunction;
import org.thalweg.tensor.Parameters;

/** GPT-2 written out with loops: 2 layers of 4 heads, width 16; experts where there is no network of two maps. */
record PlainGpt2(PlainTensors tensors, Parameters model, DecoderConfig config) {
    private static final int WIDTH = 16;

    double[][] logits(int[] ids) {
        double[] words = tensors.values("transformer.wte.weight");
        double[] positions = tensors.values("transformer.wpe.weight");
        double[][] x = new double[ids.length][WIDTH];
        for (int token = 0; token < ids.length; token++) {
            for (int i = 0; i < WIDTH; i++) {
                x[token][i] = words[ids[token] * WIDTH + i] + positions[token * WIDTH + i];
            }
        }
        for (int layer = 0; layer < 2; layer++) {
            String name = "transformer.h." + layer + ".";
            double[][] mixed = attention(name, layerNorm(name + "ln_1", x));
            add(x, conv1d(name + "attn.c_proj", mixed));
            double[][] normed = layerNorm(name + "ln_2", x);
            add(x, tensors.has(name + "mlp.c_fc.weight")
                    ? conv1d(name + "mlp.c_proj", PlainTensors.map(conv1d(name + "mlp.c_fc", normed), this::unit))
                    : PlainMoe.forward(config.moe().orElseThrow(), model, name + "moe", normed));
        }
        return tensors.linear(tensors.has("lm_head.weight") ? "lm_head" : "transformer.wte",
                layerNorm("transformer.ln_f", x));
    }

    private double unit(double u) {
        return config.dense().units().equals(new HiddenUnits.Plain(UnitFunction.RELU)) ? Math.max(u, 0)
                : u / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (u + 0.044715 * u * u * u)));
    }

    private double[][] attention(String name, double[][] x) {
        double[][] all = conv1d(name + "attn.c_attn", x);
        double[][] result = new double[x.length][WIDTH];
        for (int head = 0; head < 4; head++) {
            for (int i = 0; i < x.length; i++) {
                double total = 0;
                double[] sum = new double[4];
                for (int j = 0; j <= i; j++) {
                    double score = 0;
                    for (int c = 0; c < 4; c++) {
                        score += all[i][head * 4 + c] * all[j][WIDTH + head * 4 + c];
                    }
                    double weight = Math.exp(score / 2);
                    total += weight;
                    for (int c = 0; c < 4; c++) {
                        sum[c] += weight * all[j][2 * WIDTH + head * 4 + c];
                    }
                }
                for (int c = 0; c < 4; c++) {
                    result[i][head * 4 + c] = sum[c] / total;
                }
            }
        }
        return result;
    }

    private double[][] layerNorm(String name, double[][] x) {
        double[] gain = tensors.values(name + ".weight");
        double[] shift = tensors.values(name + ".bias");
        double[][] result = new double[x.length][WIDTH];
        for (int row = 0; row < x.length; row++) {
            double mean = 0;
            double square = 0;
            for (double value : x[row]) {
                mean += value / WIDTH;
                square += value * value / WIDTH;
            }
            for (int i = 0; i < WIDTH; i++) {
                result[row][i] = (x[row][i] - mean) / Math.sqrt(square - mean * mean + 1e-5) * gain[i] + shift[i];
            }
        }
        return result;
    }

    private double[][] conv1d(String name, double[][] x) {
        double[] weight = tensors.values(name + ".weight");
        double[] bias = tensors.values(name + ".bias");
        double[][] result = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            result[row] = bias.clone();
            for (int in = 0; in < x[row].length; in++) {
                for (int out = 0; out < bias.length; out++) {
                    result[row][out] += x[row][in] * weight[in * bias.length + out];
                }
            }
        }
        return result;
    }

    private static void add(double[][] x, double[][] y) {
        for (int row = 0; row < x.length; row++) {
            PlainTensors.addTo(x[row], y[row], 1);
        }
    }
}

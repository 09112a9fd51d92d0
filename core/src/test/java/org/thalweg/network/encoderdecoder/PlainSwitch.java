package org.thalweg.network.encoderdecoder;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.thalweg.tensor.Parameters;

/** A Switch Transformer with ReLU written out with loops over Java doubles. */
record PlainSwitch(Parameters model, int heads, int buckets, int farthest, boolean tied) {
    /** Logits [tokens vocabulary] of one pair. */
    double[][] logits(int[] inputs, int[] targets) {
        double[][] read = matrix(tied ? "shared.weight" : "encoder.embed_tokens.weight");
        double[][] written = matrix(tied ? "shared.weight" : "decoder.embed_tokens.weight");
        double[][] encoded = stack("encoder", rows(read, inputs), null);
        double[][] decoded = stack("decoder", rows(written, targets), encoded);
        double[][] head = tied ? written : matrix("lm_head.weight");
        double factor = tied ? 1 / Math.sqrt(written[0].length) : 1;
        return Arrays.stream(decoded).map(row -> times(head, row))
                .map(row -> Arrays.stream(row).map(value -> value * factor).toArray()).toArray(double[][]::new);
    }

    private double[][] stack(String name, double[][] start, double[][] encoded) {
        double[][] x = start;
        for (int block = 0; model.contains(name + ".block." + block + ".layer.0.layer_norm.weight"); block++) {
            String layer = name + ".block." + block + ".layer.";
            double[][] normed = norm(x, layer + "0.layer_norm.weight");
            x = sum(x, attention(layer + "0.SelfAttention.", normed, normed, name));
            int last = 1;
            if (encoded != null) {
                double[][] query = norm(x, layer + "1.layer_norm.weight");
                x = sum(x, attention(layer + "1.EncDecAttention.", query, encoded, ""));
                last = 2;
            }
            String mlp = layer + last + ".mlp.";
            x = sum(x, Arrays.stream(norm(x, layer + last + ".layer_norm.weight"))
                    .map(row -> feedForward(mlp, row)).toArray(double[][]::new));
        }
        return norm(x, name + ".final_layer_norm.weight");
    }

    private double[] feedForward(String mlp, double[] x) {
        if (model.contains(mlp + "wi.weight")) {
            return units(mlp, x);
        }
        double[] scores = times(matrix(mlp + "router.classifier.weight"), x);
        int best = IntStream.range(0, scores.length).reduce((a, b) -> scores[b] > scores[a] ? b : a).orElseThrow();
        double share = 1 / Arrays.stream(scores).map(score -> Math.exp(score - scores[best])).sum();
        return Arrays.stream(units(mlp + "experts.expert_" + best + ".", x)).map(value -> share * value).toArray();
    }

    private double[] units(String name, double[] x) {
        double[] hidden = Arrays.stream(times(matrix(name + "wi.weight"), x)).map(u -> Math.max(u, 0)).toArray();
        return times(matrix(name + "wo.weight"), hidden);
    }

    /** Self-attention of a stack with its biases, or, without a stack's name, cross attention without. */
    private double[][] attention(String name, double[][] x, double[][] source, String stack) {
        double[][] result = new double[x.length][];
        for (int from = 0; from < x.length; from++) {
            double[] query = times(matrix(name + "q.weight"), x[from]);
            int width = query.length / heads;
            double[] joined = new double[query.length];
            for (int head = 0; head < heads; head++) {
                double total = 0;
                int last = stack.equals("decoder") ? from + 1 : source.length;
                for (int to = 0; to < last; to++) {
                    double[] key = times(matrix(name + "k.weight"), source[to]);
                    double score = stack.isEmpty() ? 0 : bias(stack, from, to)[head];
                    for (int c = head * width; c < (head + 1) * width; c++) {
                        score += query[c] * key[c];
                    }
                    double[] value = times(matrix(name + "v.weight"), source[to]);
                    total += Math.exp(score);
                    for (int c = head * width; c < (head + 1) * width; c++) {
                        joined[c] += Math.exp(score) * value[c];
                    }
                }
                for (int c = head * width; c < (head + 1) * width; c++) {
                    joined[c] /= total;
                }
            }
            result[from] = times(matrix(name + "o.weight"), joined);
        }
        return result;
    }

    private double[] bias(String stack, int from, int to) {
        return matrix(stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight")[
                bucket(from, to, stack.equals("encoder"))];
    }

    private int bucket(int from, int to, boolean bothWays) {
        int count = bothWays ? buckets / 2 : buckets;
        int base = bothWays && to > from ? count : 0;
        int distance = bothWays ? Math.abs(to - from) : Math.max(from - to, 0);
        int near = count / 2;
        if (distance < near) {
            return base + distance;
        }
        double octaves = Math.log((double) distance / near) / Math.log((double) farthest / near);
        // Bounds that are whole numbers must not fall below themselves by rounding.
        return base + Math.min(count - 1, near + (int) Math.floor(octaves * (count - near) + 1e-9));
    }

    private double[][] norm(double[][] x, String gain) {
        double[] gains = model.get(gain).toDoubles();
        return Arrays.stream(x).map(row -> {
            double root = Math.sqrt(Arrays.stream(row).map(value -> value * value).sum() / row.length + 1e-6);
            return IntStream.range(0, row.length).mapToDouble(i -> row[i] / root * gains[i]).toArray();
        }).toArray(double[][]::new);
    }

    private double[][] matrix(String name) {
        double[] values = model.get(name).toDoubles();
        int width = (int) model.get(name).length(1);
        return IntStream.range(0, values.length / width)
                .mapToObj(row -> Arrays.copyOfRange(values, row * width, (row + 1) * width)).toArray(double[][]::new);
    }

    private static double[][] rows(double[][] table, int[] ids) {
        return Arrays.stream(ids).mapToObj(id -> table[id].clone()).toArray(double[][]::new);
    }

    private static double[] times(double[][] weight, double[] x) {
        return Arrays.stream(weight)
                .mapToDouble(row -> IntStream.range(0, x.length).mapToDouble(i -> row[i] * x[i]).sum()).toArray();
    }

    private static double[][] sum(double[][] x, double[][] y) {
        return IntStream.range(0, x.length)
                .mapToObj(row -> IntStream.range(0, x[row].length).mapToDouble(i -> x[row][i] + y[row][i]).toArray())
                .toArray(double[][]::new);
    }
}

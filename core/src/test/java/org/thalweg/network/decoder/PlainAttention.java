package org.thalweg.network.decoder;

/** Attention written out with loops over one text, apart from the code under test: a reference for it. */
final class PlainAttention {
    private final PlainTensors tensors;
    private final PlainSizes sizes;
    private final String prefix;
    private final int layer;

    PlainAttention(PlainTensors tensors, PlainSizes sizes, int layer) {
        this.tensors = tensors;
        this.sizes = sizes;
        this.prefix = tensors.prefix() + "model.layers." + layer + ".self_attn.";
        this.layer = layer;
    }

    double[][] forward(double[][] x) {
        return sizes.family().startsWith("deepseek_v") ? latent(x) : grouped(x);
    }

    private double[][] grouped(double[][] x) {
        int d = sizes.headDim();
        double[][] query = tensors.linear(prefix + "q_proj", x);
        double[][] key = tensors.linear(prefix + "k_proj", x);
        double[][] value = tensors.linear(prefix + "v_proj", x);
        if (sizes.family().equals("olmoe")) {
            query = PlainTensors.clip(tensors.rmsNorm(prefix + "q_norm.weight", query), 0.8);
            key = PlainTensors.clip(tensors.rmsNorm(prefix + "k_norm.weight", key), 0.8);
            value = PlainTensors.clip(value, 0.8);
        }
        double[] sinks = sizes.family().equals("gpt_oss") ? tensors.values(prefix + "sinks") : new double[0];
        double[][] joined = new double[x.length][sizes.heads() * d];
        for (int head = 0; head < sizes.heads(); head++) {
            int keyHead = head / (sizes.heads() / sizes.keyHeads());
            double[][] q = positioned(columns(query, head * d, d), "q_norm.weight");
            double[][] k = positioned(columns(key, keyHead * d, d), "k_norm.weight");
            double sink = sinks.length == 0 ? Double.NEGATIVE_INFINITY : sinks[head];
            double[][] mixed = mix(q, k, columns(value, keyHead * d, d), new double[] {1 / Math.sqrt(d), sink});
            put(joined, mixed, head * d);
        }
        return tensors.linear(prefix + "o_proj", joined);
    }

    private double[][] positioned(double[][] head, String gain) {
        double[][] x = sizes.family().equals("qwen3_moe") ? tensors.rmsNorm(prefix + gain, head) : head;
        if (!sizes.family().startsWith("llama4")) {
            return turn(x, sizes.frequencies(), sizes.amplitude(), false);
        }
        boolean rotary = sizes.family().equals("llama4_text") ? layer == 1 : layer != 3;
        if (rotary) {
            return PlainTensors.unitRoots(turn(x, sizes.frequencies(), 1, true), 1e-5);
        }
        boolean tuned = sizes.family().equals("llama4_text") && gain.startsWith("q");
        double[][] result = new double[x.length][];
        for (int token = 0; token < x.length; token++) {
            double factor = tuned ? 1 + 0.1 * Math.log(1 + Math.floor((token + 1) / 2.0)) : 1;
            result[token] = PlainTensors.scaled(x[token], factor);
        }
        return result;
    }

    private double[][] latent(double[][] x) {
        int plain = 3;
        int rotary = 4;
        int width = 5;
        int rank = 7;
        double[][] query = tensors.has(prefix + "q_proj.weight")
                ? tensors.linear(prefix + "q_proj", x)
                : tensors.linear(prefix + "q_b_proj",
                        tensors.rmsNorm(prefix + "q_a_layernorm.weight", tensors.linear(prefix + "q_a_proj", x), 1e-6));
        double[][] compressed = tensors.linear(prefix + "kv_a_proj_with_mqa", x);
        double[][] expanded = tensors.linear(prefix + "kv_b_proj",
                tensors.rmsNorm(prefix + "kv_a_layernorm.weight", columns(compressed, 0, rank), 1e-6));
        double[] frequencies = sizes.frequencies();
        double[][] sharedKey = turn(columns(compressed, rank, rotary), frequencies, sizes.amplitude(), true);
        double[][] joined = new double[x.length][sizes.heads() * width];
        for (int head = 0; head < sizes.heads(); head++) {
            int at = head * (plain + rotary);
            double[][] q = new double[x.length][plain + rotary];
            put(q, columns(query, at, plain), 0);
            put(q, turn(columns(query, at + plain, rotary), frequencies, sizes.amplitude(), true), plain);
            double[][] k = new double[x.length][plain + rotary];
            put(k, columns(expanded, head * (plain + width), plain), 0);
            put(k, sharedKey, plain);
            double[][] v = columns(expanded, head * (plain + width) + plain, width);
            double scale = sizes.scoreFactor() / Math.sqrt(plain + rotary);
            put(joined, mix(q, k, v, new double[] {scale, Double.NEGATIVE_INFINITY}), head * width);
        }
        return tensors.linear(prefix + "o_proj", joined);
    }

    /** Softmax attention of one head; {@code scaleAndSink} holds the factor of the scores and the extra score. */
    private double[][] mix(double[][] q, double[][] k, double[][] v, double[] scaleAndSink) {
        double[][] result = new double[q.length][v[0].length];
        for (int i = 0; i < q.length; i++) {
            double total = Math.exp(scaleAndSink[1]);
            for (int j = 0; j <= i; j++) {
                if (!sees(i, j)) {
                    continue;
                }
                double weight = Math.exp(scaleAndSink[0] * PlainTensors.dot(q[i], k[j]));
                total += weight;
                for (int c = 0; c < v[j].length; c++) {
                    result[i][c] += weight * v[j][c];
                }
            }
            result[i] = PlainTensors.scaled(result[i], 1 / total);
        }
        return result;
    }

    private boolean sees(int i, int j) {
        return switch (sizes.family()) {
            case "mistral" -> i - j <= 2;
            case "gpt_oss" -> layer == 1 || i - j <= 1;
            case "llama4_text" -> layer == 0 || i / 3 == j / 3;
            default -> true;
        };
    }

    private double[][] turn(double[][] x, double[] frequencies, double amplitude, boolean neighbours) {
        double[][] result = new double[x.length][x[0].length];
        int pairs = frequencies.length;
        for (int token = 0; token < x.length; token++) {
            for (int pair = 0; pair < pairs; pair++) {
                int a = neighbours ? 2 * pair : pair;
                int b = neighbours ? 2 * pair + 1 : pair + pairs;
                double cosine = amplitude * Math.cos(token * frequencies[pair]);
                double sine = amplitude * Math.sin(token * frequencies[pair]);
                result[token][a] = x[token][a] * cosine - x[token][b] * sine;
                result[token][b] = x[token][a] * sine + x[token][b] * cosine;
            }
        }
        return result;
    }

    private static double[][] columns(double[][] x, int start, int length) {
        double[][] result = new double[x.length][length];
        for (int row = 0; row < x.length; row++) {
            System.arraycopy(x[row], start, result[row], 0, length);
        }
        return result;
    }

    private static void put(double[][] into, double[][] x, int start) {
        for (int row = 0; row < x.length; row++) {
            System.arraycopy(x[row], 0, into[row], start, x[row].length);
        }
    }
}

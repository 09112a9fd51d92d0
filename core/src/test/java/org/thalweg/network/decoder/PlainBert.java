package org.thalweg.network.decoder;

/** BERT with its masked-language head written out with loops: 2 layers of 4 heads, width 16, exact GELU. */
record PlainBert(PlainTensors tensors) {
    private static final int WIDTH = 16;

    double[][] logits(int[] ids) {
        String embeddings = "bert.embeddings.";
        double[] words = tensors.values(embeddings + "word_embeddings.weight");
        double[] positions = tensors.values(embeddings + "position_embeddings.weight");
        double[] types = tensors.values(embeddings + "token_type_embeddings.weight");
        double[][] x = new double[ids.length][WIDTH];
        for (int token = 0; token < ids.length; token++) {
            for (int i = 0; i < WIDTH; i++) {
                x[token][i] = words[ids[token] * WIDTH + i] + positions[token * WIDTH + i] + types[i];
            }
        }
        x = layerNorm(embeddings + "LayerNorm", x);
        for (int layer = 0; layer < 2; layer++) {
            String name = "bert.encoder.layer." + layer + ".";
            double[][] mixed = tensors.linear(name + "attention.output.dense", attention(name + "attention.self.", x));
            x = layerNorm(name + "attention.output.LayerNorm", sum(x, mixed));
            double[][] hidden = PlainTensors.map(tensors.linear(name + "intermediate.dense", x), PlainBert::gelu);
            x = layerNorm(name + "output.LayerNorm", sum(x, tensors.linear(name + "output.dense", hidden)));
        }
        String head = "cls.predictions.";
        double[][] mapped = PlainTensors.map(tensors.linear(head + "transform.dense", x), PlainBert::gelu);
        double[][] logits = tensors.linear(embeddings + "word_embeddings",
                layerNorm(head + "transform.LayerNorm", mapped));
        for (double[] row : logits) {
            PlainTensors.addTo(row, tensors.values(head + "bias"), 1);
        }
        return logits;
    }

    private double[][] attention(String name, double[][] x) {
        double[][] q = tensors.linear(name + "query", x);
        double[][] k = tensors.linear(name + "key", x);
        double[][] v = tensors.linear(name + "value", x);
        double[][] result = new double[x.length][WIDTH];
        for (int head = 0; head < 4; head++) {
            for (int i = 0; i < x.length; i++) {
                double total = 0;
                for (int j = 0; j < x.length; j++) {
                    double score = 0;
                    for (int c = 4 * head; c < 4 * head + 4; c++) {
                        score += q[i][c] * k[j][c] / 2;
                    }
                    total += Math.exp(score);
                    for (int c = 4 * head; c < 4 * head + 4; c++) {
                        result[i][c] += Math.exp(score) * v[j][c];
                    }
                }
                for (int c = 4 * head; c < 4 * head + 4; c++) {
                    result[i][c] /= total;
                }
            }
        }
        return result;
    }

    /** {@code x · Φ(x)} with Φ by Simpson's rule. */
    private static double gelu(double x) {
        int steps = 2000;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double t = x * i / steps;
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-t * t / 2);
        }
        return x * (0.5 + sum * x / steps / 3 / Math.sqrt(2 * Math.PI));
    }

    private double[][] layerNorm(String name, double[][] x) {
        double[] gain = tensors.values(name + ".weight");
        double[] shift = tensors.values(name + ".bias");
        double[][] result = new double[x.length][WIDTH];
        for (int row = 0; row < x.length; row++) {
            double mean = 0;
            for (double value : x[row]) {
                mean += value / WIDTH;
            }
            double variance = 0;
            for (double value : x[row]) {
                variance += (value - mean) * (value - mean) / WIDTH;
            }
            for (int i = 0; i < WIDTH; i++) {
                result[row][i] = (x[row][i] - mean) / Math.sqrt(variance + 1e-12) * gain[i] + shift[i];
            }
        }
        return result;
    }

    private static double[][] sum(double[][] x, double[][] y) {
        double[][] result = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            result[row] = x[row].clone();
            PlainTensors.addTo(result[row], y[row], 1);
        }
        return result;
    }
}

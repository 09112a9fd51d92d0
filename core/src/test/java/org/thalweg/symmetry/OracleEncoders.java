package org.thalweg.symmetry;

import static org.thalweg.symmetry.OracleMath.add;
import static org.thalweg.symmetry.OracleMath.attendWithBias;
import static org.thalweg.symmetry.OracleMath.joined;
import static org.thalweg.symmetry.OracleMath.linear;
import static org.thalweg.symmetry.OracleMath.rmsNorm;
import static org.thalweg.symmetry.OracleMath.times;

import java.util.Arrays;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/** Forwards of Switch Transformers and BERT written for the tests alone. */
final class OracleEncoders {
    private static final int[] INPUTS = {3, 1, 4, 1, 5, 2};
    private static final int[] TARGETS = {0, 6, 2, 5};

    private OracleEncoders() {}

    static Tensor switchLogits(Parameters model, int blocks) {
        OracleWeights weights = new OracleWeights(model, "");
        double[][] embedding = weights.matrix("shared.weight");
        double[][] encoded = stack(weights, "encoder.", embedded(embedding, INPUTS), new double[0][], blocks);
        double[][] decoded = stack(weights, "decoder.", embedded(embedding, TARGETS), encoded, blocks);
        double[][] head = model.contains("lm_head.weight") ? weights.matrix("lm_head.weight") : embedding;
        return Tensor.of(Arrays.stream(decoded).flatMapToDouble(row -> Arrays.stream(linear(head, row))).toArray(),
                decoded.length, head.length);
    }

    private static double[][] embedded(double[][] embedding, int[] tokens) {
        return Arrays.stream(tokens).mapToObj(token -> embedding[token].clone()).toArray(double[][]::new);
    }

    private static double[][] stack(
            OracleWeights weights, String name, double[][] start, double[][] encoded, int blocks) {
        double[][] x = start;
        boolean decoder = encoded.length > 0;
        double[][] bias = weights.matrix(name + "block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        for (int b = 0; b < blocks; b++) {
            OracleWeights block = weights.at(name + "block." + b + ".layer.");
            double[][] normed = normed(x, block.vector("0.layer_norm.weight"));
            x = sum(x, attention(block.at("0.SelfAttention."), normed, normed, bias, decoder));
            if (decoder) {
                normed = normed(x, block.vector("1.layer_norm.weight"));
                x = sum(x, attention(
                        block.at("1.EncDecAttention."), normed, encoded, new double[4][bias[0].length], false));
            }
            OracleWeights last = block.at(decoder ? "2." : "1.");
            double[] gain = last.vector("layer_norm.weight");
            x = sum(x, Arrays.stream(x).map(row -> feedForward(last.at("mlp."), rmsNorm(row, gain)))
                    .toArray(double[][]::new));
        }
        return normed(x, weights.vector(name + "final_layer_norm.weight"));
    }

    private static double[] feedForward(OracleWeights mlp, double[] x) {
        if (mlp.has("wi.weight")) {
            return mlp.linear("wo", relu(mlp.linear("wi", x)));
        }
        double[] probabilities = OracleMath.softmax(mlp.linear("router.classifier", x));
        int best = OracleMath.largest(probabilities, 1)[0];
        OracleWeights expert = mlp.at("experts.expert_" + best + ".");
        return times(probabilities[best], expert.linear("wo", relu(expert.linear("wi", x))));
    }

    private static double[] relu(double[] x) {
        return Arrays.stream(x).map(value -> Math.max(value, 0)).toArray();
    }

    /** Scores are not divided by the root of the head's width; bias [buckets heads] by distance. */
    private static double[][] attention(
            OracleWeights weights, double[][] x, double[][] source, double[][] bias, boolean causal) {
        int heads = bias[0].length;
        double[][] result = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            int last = causal ? t + 1 : source.length;
            double[] query = weights.linear("q", x[t]);
            double[][] outputs = new double[heads][];
            int dim = query.length / heads;
            for (int h = 0; h < heads; h++) {
                double[][] keys = new double[last][];
                double[][] values = new double[last][];
                double[] added = new double[last];
                for (int s = 0; s < last; s++) {
                    keys[s] = Arrays.copyOfRange(weights.linear("k", source[s]), h * dim, (h + 1) * dim);
                    values[s] = Arrays.copyOfRange(weights.linear("v", source[s]), h * dim, (h + 1) * dim);
                    added[s] = bias[Math.min(3, Math.abs(t - s))][h];
                }
                outputs[h] = attendWithBias(
                        Arrays.copyOfRange(query, h * dim, (h + 1) * dim), keys, values, added);
            }
            result[t] = weights.linear("o", joined(outputs));
        }
        return result;
    }

    private static double[][] normed(double[][] x, double[] gain) {
        return Arrays.stream(x).map(row -> rmsNorm(row, gain)).toArray(double[][]::new);
    }

    private static double[][] sum(double[][] x, double[][] y) {
        double[][] result = new double[x.length][];
        Arrays.setAll(result, t -> add(x[t], y[t]));
        return result;
    }

    /** Three linear maps with ReLU between them, on a few inputs. */
    static Tensor mlpOutputs(Parameters model) {
        OracleWeights weights = new OracleWeights(model, "");
        double[] outputs = new double[0];
        for (int i = 0; i < 8; i++) {
            double[] x = {Math.sin(i), Math.cos(3 * i), Math.sin(5 * i + 1), 1 - 0.2 * i};
            outputs = joined(outputs, weights.linear("fc.2",
                    relu(weights.linear("fc.1", relu(weights.linear("fc.0", x))))));
        }
        return Tensor.of(outputs, outputs.length);
    }

    /** Pooled output and the logits of masked words. */
    static Tensor bertOutputs(Parameters model, int layers, int heads) {
        OracleWeights bert = new OracleWeights(model, "bert.");
        double[][] words = bert.matrix("embeddings.word_embeddings.weight");
        double[][] x = new double[INPUTS.length][];
        for (int t = 0; t < x.length; t++) {
            double[] place = add(bert.matrix("embeddings.position_embeddings.weight")[t],
                    bert.matrix("embeddings.token_type_embeddings.weight")[t / 3]);
            x[t] = norm(bert, "embeddings.LayerNorm", add(words[INPUTS[t]], place));
        }
        for (int l = 0; l < layers; l++) {
            OracleWeights layer = bert.at("encoder.layer." + l + ".");
            double[][] attention = bertAttention(layer, x, heads);
            for (int t = 0; t < x.length; t++) {
                x[t] = norm(layer, "attention.output.LayerNorm", add(x[t], attention[t]));
                double[] hidden = OracleMath.gelu(layer.linear("intermediate.dense", x[t]));
                x[t] = norm(layer, "output.LayerNorm", add(x[t], layer.linear("output.dense", hidden)));
            }
        }
        OracleWeights head = new OracleWeights(model, "cls.predictions.");
        double[] pooled = Arrays.stream(bert.linear("pooler.dense", x[0])).map(Math::tanh).toArray();
        double[] logits = Arrays.stream(x).flatMapToDouble(row -> Arrays.stream(add(
                linear(words, norm(head, "transform.LayerNorm", OracleMath.gelu(head.linear("transform.dense", row)))),
                head.vector("bias")))).toArray();
        return Tensor.of(joined(pooled, logits), pooled.length + logits.length);
    }

    private static double[] norm(OracleWeights weights, String name, double[] x) {
        return OracleMath.layerNorm(x, weights.vector(name + ".weight"), weights.vector(name + ".bias"));
    }

    private static double[][] bertAttention(OracleWeights layer, double[][] x, int heads) {
        OracleWeights self = layer.at("attention.self.");
        double[][] result = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] query = self.linear("query", x[t]);
            int dim = query.length / heads;
            double[][] outputs = new double[heads][];
            for (int h = 0; h < heads; h++) {
                int from = h * dim;
                double[][] keys = Arrays.stream(x)
                        .map(row -> Arrays.copyOfRange(self.linear("key", row), from, from + dim))
                        .toArray(double[][]::new);
                double[][] values = Arrays.stream(x)
                        .map(row -> Arrays.copyOfRange(self.linear("value", row), from, from + dim))
                        .toArray(double[][]::new);
                outputs[h] = attendWithBias(Arrays.copyOfRange(query, from, from + dim), keys, values,
                        new double[x.length]);
            }
            result[t] = layer.linear("attention.output.dense", joined(outputs));
        }
        return result;
    }
}

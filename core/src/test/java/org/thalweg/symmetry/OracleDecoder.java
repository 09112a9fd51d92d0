package org.thalweg.symmetry;

import static org.thalweg.symmetry.OracleMath.add;
import static org.thalweg.symmetry.OracleMath.attend;
import static org.thalweg.symmetry.OracleMath.joined;
import static org.thalweg.symmetry.OracleMath.linear;
import static org.thalweg.symmetry.OracleMath.rmsNorm;
import static org.thalweg.symmetry.OracleMath.rotated;

import java.util.Arrays;
import java.util.Map;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A decoder written for the tests alone, slow and plain: what the tensors' names say is there is computed.
 *
 * @param sizes as in {@link PublishedShapes}
 * @param router how experts are chosen and weighed
 */
record OracleDecoder(Map<String, Integer> sizes, OracleRouter router) {
    private static final int[] TOKENS = {3, 1, 4, 1, 5, 2};

    Tensor logits(Parameters model) {
        OracleWeights weights = new OracleWeights(model, "model.");
        double[][] embedding = weights.matrix("embed_tokens.weight");
        double[][] x = new double[TOKENS.length][];
        Arrays.setAll(x, t -> embedding[TOKENS[t]].clone());
        for (int l = 0; l < sizes.get("L"); l++) {
            OracleWeights layer = weights.at("layers." + l + ".");
            double[][] normed = normed(x, layer.vector("input_layernorm.weight"));
            double[][] attention = layer.has("self_attn.kv_b_proj.weight")
                    ? latentAttention(layer.at("self_attn."), normed)
                    : attention(layer.at("self_attn."), normed);
            for (int t = 0; t < x.length; t++) {
                x[t] = add(x[t], attention[t]);
                double[] y = rmsNorm(x[t], layer.vector("post_attention_layernorm.weight"));
                x[t] = add(x[t], feedForward(layer, y));
            }
        }
        double[][] head = model.contains("lm_head.weight")
                ? new OracleWeights(model, "").matrix("lm_head.weight") : embedding;
        double[] gain = weights.vector("norm.weight");
        double[] logits = Arrays.stream(x)
                .flatMapToDouble(row -> Arrays.stream(linear(head, rmsNorm(row, gain)))).toArray();
        return Tensor.of(logits, x.length, head.length);
    }

    private double[] feedForward(OracleWeights layer, double[] x) {
        if (layer.has("mlp.gate_proj.weight")) {
            return layer.at("mlp.").gatedMlp(x);
        }
        if (layer.has("feed_forward.gate_proj.weight")) {
            return layer.at("feed_forward.").gatedMlp(x);
        }
        return router.mixture(layer, x);
    }

    private static double[][] normed(double[][] x, double[] gain) {
        return Arrays.stream(x).map(row -> rmsNorm(row, gain)).toArray(double[][]::new);
    }

    private double[][] attention(OracleWeights weights, double[][] x) {
        int heads = sizes.get("qh");
        int groups = sizes.get("kh");
        int dim = sizes.get("D");
        double[][] q = projected(weights, "q", x);
        double[][] k = projected(weights, "k", x);
        double[][] v = projected(weights, "v", x);
        double[][] result = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[][] outputs = new double[heads][];
            for (int h = 0; h < heads; h++) {
                int group = h / (heads / groups);
                boolean neighbours = router.kind().equals("input-sigmoid");
                double[] query = rotated(head(weights, "q", q[t], h, dim), t, neighbours);
                double[][] keys = new double[t + 1][];
                double[][] values = new double[t + 1][];
                for (int s = 0; s <= t; s++) {
                    keys[s] = rotated(head(weights, "k", k[s], group, dim), s, neighbours);
                    values[s] = Arrays.copyOfRange(v[s], group * dim, (group + 1) * dim);
                }
                outputs[h] = weights.has("sinks")
                        ? OracleMath.attendWithSink(query, keys, values, weights.vector("sinks")[h])
                        : attend(query, keys, values, t);
            }
            result[t] = weights.linear("o_proj", joined(outputs));
        }
        return result;
    }

    /** A projection of every row, normalised as a whole where a gain of its whole length is there. */
    private static double[][] projected(OracleWeights weights, String which, double[][] x) {
        String norm = which + "_norm.weight";
        return Arrays.stream(x).map(row -> {
            double[] y = weights.linear(which + "_proj", row);
            return weights.has(norm) && weights.vector(norm).length == y.length
                    ? rmsNorm(y, weights.vector(norm)) : y;
        }).toArray(double[][]::new);
    }

    private static double[] head(OracleWeights weights, String which, double[] row, int head, int dim) {
        double[] part = Arrays.copyOfRange(row, head * dim, (head + 1) * dim);
        String norm = which + "_norm.weight";
        return weights.has(norm) && weights.vector(norm).length == dim ? rmsNorm(part, weights.vector(norm)) : part;
    }

    private double[][] latentAttention(OracleWeights weights, double[][] x) {
        int heads = sizes.get("qh");
        int plain = sizes.get("n");
        int rotary = sizes.get("r");
        int value = sizes.get("v");
        int latent = sizes.get("C");
        double[][] result = new double[x.length][];
        double[][] expanded = new double[x.length][];
        double[][] rotaryKeys = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] compressed = weights.linear("kv_a_proj_with_mqa", x[t]);
            rotaryKeys[t] = rotated(Arrays.copyOfRange(compressed, latent, latent + rotary), t, true);
            expanded[t] = weights.linear("kv_b_proj", rmsNorm(
                    Arrays.copyOf(compressed, latent), weights.vector("kv_a_layernorm.weight")));
            double[] queries = weights.has("q_proj.weight") ? weights.linear("q_proj", x[t])
                    : weights.linear("q_b_proj", rmsNorm(
                            weights.linear("q_a_proj", x[t]), weights.vector("q_a_layernorm.weight")));
            double[][] outputs = new double[heads][];
            for (int h = 0; h < heads; h++) {
                int from = h * (plain + rotary);
                double[] query = joined(
                        Arrays.copyOfRange(queries, from, from + plain),
                        rotated(Arrays.copyOfRange(queries, from + plain, from + plain + rotary), t, true));
                double[][] keys = new double[t + 1][];
                double[][] values = new double[t + 1][];
                for (int s = 0; s <= t; s++) {
                    int start = h * (plain + value);
                    keys[s] = joined(Arrays.copyOfRange(expanded[s], start, start + plain), rotaryKeys[s]);
                    values[s] = Arrays.copyOfRange(expanded[s], start + plain, start + plain + value);
                }
                outputs[h] = attend(query, keys, values, t);
            }
            result[t] = weights.linear("o_proj", joined(outputs));
        }
        return result;
    }

    /** GPT-2, whose names and stored maps differ; [in out] weights. */
    static Tensor gpt2Logits(Parameters model, int layers, int heads) {
        OracleWeights weights = new OracleWeights(model, "transformer.");
        double[][] embedding = weights.matrix("wte.weight");
        double[][] positions = weights.matrix("wpe.weight");
        double[][] x = new double[TOKENS.length][];
        Arrays.setAll(x, t -> add(embedding[TOKENS[t]], positions[t]));
        int width = embedding[0].length;
        int dim = width / heads;
        for (int l = 0; l < layers; l++) {
            OracleWeights layer = weights.at("h." + l + ".");
            double[][] qkv = new double[x.length][];
            for (int t = 0; t < x.length; t++) {
                qkv[t] = conv(layer, "attn.c_attn", norm(layer, "ln_1", x[t]));
            }
            for (int t = 0; t < x.length; t++) {
                double[][] outputs = new double[heads][];
                for (int h = 0; h < heads; h++) {
                    int from = h * dim;
                    double[][] keys = slices(qkv, width + from, dim);
                    double[][] values = slices(qkv, 2 * width + from, dim);
                    outputs[h] = attend(Arrays.copyOfRange(qkv[t], from, from + dim), keys, values, t);
                }
                x[t] = add(x[t], conv(layer, "attn.c_proj", joined(outputs)));
                double[] hidden = conv(layer, "mlp.c_fc", norm(layer, "ln_2", x[t]));
                x[t] = add(x[t], conv(layer, "mlp.c_proj", OracleMath.gelu(hidden)));
            }
        }
        double[][] head = model.contains("lm_head.weight")
                ? new OracleWeights(model, "").matrix("lm_head.weight") : embedding;
        return Tensor.of(Arrays.stream(x)
                .flatMapToDouble(row -> Arrays.stream(linear(head, norm(weights, "ln_f", row)))).toArray(),
                x.length, head.length);
    }

    private static double[] norm(OracleWeights weights, String name, double[] x) {
        return OracleMath.layerNorm(x, weights.vector(name + ".weight"), weights.vector(name + ".bias"));
    }

    private static double[] conv(OracleWeights weights, String name, double[] x) {
        return add(linear(OracleMath.transposed(weights.matrix(name + ".weight")), x), weights.vector(name + ".bias"));
    }

    private static double[][] slices(double[][] rows, int from, int length) {
        return Arrays.stream(rows).map(row -> Arrays.copyOfRange(row, from, from + length)).toArray(double[][]::new);
    }
}

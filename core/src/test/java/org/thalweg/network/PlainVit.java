package org.thalweg.network;

import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;

/** A Vision Transformer image by image and position by position; every layer computes every token. */
final class PlainVit {
    private PlainVit() {}

    /** Logits of one image, values [channels height width]. */
    static double[] logits(VitConfig config, Parameters model, double[] image) {
        double[][] x = embed(config, model, image);
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "vit.encoder.layer." + layer;
            PlainLinear.add(x, attention(config, model, name, PlainLinear.norm(model, name + ".layernorm_before", x)));
            double[][] normed = PlainLinear.norm(model, name + ".layernorm_after", x);
            if (config.isMoe(layer)) {
                PlainLinear.add(x, PlainMoe.forward(config.moe().orElseThrow().layer(), model, name + ".moe", normed));
            } else {
                double[][] hidden = PlainLinear.activate(
                        UnitFunction.GELU, PlainLinear.apply(model, name + ".intermediate.dense", normed));
                PlainLinear.add(x, PlainLinear.apply(model, name + ".output.dense", hidden));
            }
        }
        double[][] all = PlainLinear.apply(model, "classifier", PlainLinear.norm(model, "vit.layernorm", x));
        return all[0];
    }

    private static double[][] embed(VitConfig config, Parameters model, double[] image) {
        int p = config.patch();
        int height = config.image().height();
        int width = config.image().width();
        double[][] patches = new double[config.tokens() - 1][config.image().channels() * p * p];
        for (int token = 0; token < patches.length; token++) {
            int top = token / (width / p) * p;
            int left = token % (width / p) * p;
            int at = 0;
            for (int channel = 0; channel < config.image().channels(); channel++) {
                for (int row = 0; row < p; row++) {
                    for (int column = 0; column < p; column++) {
                        patches[token][at++] = image[(channel * height + top + row) * width + left + column];
                    }
                }
            }
        }
        double[][] embedded = PlainLinear.apply(model, "vit.embeddings.patch_embeddings.projection", patches);
        double[][] x = new double[config.tokens()][];
        x[0] = model.get("vit.embeddings.cls_token").toDoubles();
        System.arraycopy(embedded, 0, x, 1, embedded.length);
        double[] positions = model.get("vit.embeddings.position_embeddings").toDoubles();
        for (int token = 0; token < x.length; token++) {
            for (int i = 0; i < config.residual(); i++) {
                x[token][i] += positions[token * config.residual() + i];
            }
        }
        return x;
    }

    private static double[][] attention(VitConfig config, Parameters model, String name, double[][] x) {
        String prefix = name + ".attention.attention.";
        double[][] query = PlainLinear.apply(model, prefix + "query", x);
        double[][] key = PlainLinear.apply(model, prefix + "key", x);
        double[][] value = PlainLinear.apply(model, prefix + "value", x);
        int headDim = config.residual() / config.heads();
        double[][] joined = new double[x.length][config.residual()];
        for (int head = 0; head < config.heads(); head++) {
            int start = head * headDim;
            for (int to = 0; to < x.length; to++) {
                double[] scores = new double[x.length];
                for (int from = 0; from < x.length; from++) {
                    for (int i = start; i < start + headDim; i++) {
                        scores[from] += query[to][i] * key[from][i] / Math.sqrt(headDim);
                    }
                }
                double[] weights = PlainLinear.softmax(scores);
                for (int from = 0; from < x.length; from++) {
                    for (int i = start; i < start + headDim; i++) {
                        joined[to][i] += weights[from] * value[from][i];
                    }
                }
            }
        }
        return PlainLinear.apply(model, name + ".attention.output.dense", joined);
    }
}

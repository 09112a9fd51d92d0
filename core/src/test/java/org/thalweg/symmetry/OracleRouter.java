package org.thalweg.symmetry;

import static org.thalweg.symmetry.OracleMath.add;
import static org.thalweg.symmetry.OracleMath.linear;
import static org.thalweg.symmetry.OracleMath.product;
import static org.thalweg.symmetry.OracleMath.sigmoid;
import static org.thalweg.symmetry.OracleMath.silu;
import static org.thalweg.symmetry.OracleMath.softmax;
import static org.thalweg.symmetry.OracleMath.times;

import java.util.Arrays;

/**
 * Experts as the families compute them.
 *
 * @param kind {@code softmax}, {@code renormalised}, {@code grouped-softmax}, {@code grouped-sigmoid}, {@code clamped}
 *     (gpt-oss) or {@code input-sigmoid} (Llama 4)
 * @param chosen how many experts a token uses
 * @param groups of experts
 * @param kept how many groups a token may use
 */
record OracleRouter(String kind, int chosen, int groups, int kept) {
    static OracleRouter plain(String kind, int chosen) {
        return new OracleRouter(kind, chosen, 1, 1);
    }

    double[] mixture(OracleWeights layer, double[] x) {
        return switch (kind) {
            case "clamped" -> clamped(layer.at("mlp."), x);
            case "input-sigmoid" -> scaledInput(layer.at("feed_forward."), x);
            default -> weighted(layer, x);
        };
    }

    /** Softmax over the chosen scores; units (min(max(u, -7), 7) + 1) g σ(1.702 g) with g at most 7. */
    private double[] clamped(OracleWeights moe, double[] x) {
        double[] scores = moe.linear("router", x);
        int[] best = OracleMath.largest(scores, chosen);
        double[] weights = softmax(Arrays.stream(best).mapToDouble(e -> scores[e]).toArray());
        double[] result = new double[x.length];
        for (int i = 0; i < best.length; i++) {
            int e = best[i];
            double[] both = add(
                    linear(OracleMath.transposed(moe.matrix("experts.gate_up_proj", e)), x),
                    moe.matrix("experts.gate_up_proj_bias")[e]);
            double[] hidden = new double[both.length / 2];
            for (int unit = 0; unit < hidden.length; unit++) {
                double gate = Math.min(both[2 * unit], 7);
                double up = Math.clamp(both[2 * unit + 1], -7, 7);
                hidden[unit] = (up + 1) * gate * sigmoid(1.702 * gate);
            }
            double[] y = add(
                    linear(OracleMath.transposed(moe.matrix("experts.down_proj", e)), hidden),
                    moe.matrix("experts.down_proj_bias")[e]);
            result = add(result, times(weights[i], y));
        }
        return result;
    }

    private double[] scaledInput(OracleWeights moe, double[] x) {
        double[] scores = moe.linear("router", x);
        double[] result = moe.at("shared_expert.").gatedMlp(x);
        for (int e : OracleMath.largest(scores, chosen)) {
            double[] both = linear(
                    OracleMath.transposed(moe.matrix("experts.gate_up_proj", e)), times(sigmoid(scores[e]), x));
            int half = both.length / 2;
            double[] hidden = product(silu(Arrays.copyOf(both, half)), Arrays.copyOfRange(both, half, 2 * half));
            result = add(result, linear(OracleMath.transposed(moe.matrix("experts.down_proj", e)), hidden));
        }
        return result;
    }

    private double[] weighted(OracleWeights layer, double[] x) {
        OracleWeights moe = layer.at(layer.has("block_sparse_moe.gate.weight") ? "block_sparse_moe." : "mlp.");
        double[] scores = linear(moe.matrix("gate.weight"), x);
        double[] values = kind.equals("grouped-sigmoid")
                ? Arrays.stream(scores).map(OracleMath::sigmoid).toArray() : softmax(scores);
        double[] order = moe.has("gate.e_score_correction_bias")
                ? add(values, moe.vector("gate.e_score_correction_bias")) : values.clone();
        if (groups > 1) {
            mask(order);
        }
        int[] best = OracleMath.largest(order, chosen);
        double sum = kind.equals("renormalised") || kind.equals("grouped-sigmoid")
                ? Arrays.stream(best).mapToDouble(e -> values[e]).sum() : 1;
        double[] result = new double[x.length];
        for (int e : best) {
            result = add(result, times(values[e] / sum, expert(moe, e, x)));
        }
        if (moe.has("shared_experts.up_proj.weight")) {
            result = add(result, moe.at("shared_experts.").gatedMlp(x));
        }
        if (moe.has("shared_expert.up_proj.weight")) {
            double open = sigmoid(linear(moe.matrix("shared_expert_gate.weight"), x)[0]);
            result = add(result, times(open, moe.at("shared_expert.").gatedMlp(x)));
        }
        return result;
    }

    private void mask(double[] order) {
        int size = order.length / groups;
        double[] best = new double[groups];
        for (int g = 0; g < groups; g++) {
            double[] sorted = Arrays.copyOfRange(order, g * size, (g + 1) * size);
            Arrays.sort(sorted);
            best[g] = sorted[size - 1] + (kind.equals("grouped-sigmoid") ? sorted[size - 2] : 0);
        }
        boolean[] open = new boolean[groups];
        for (int g : OracleMath.largest(best, kept)) {
            open[g] = true;
        }
        for (int e = 0; e < order.length; e++) {
            order[e] = open[e / size] ? order[e] : Double.NEGATIVE_INFINITY;
        }
    }

    private static double[] expert(OracleWeights moe, int e, double[] x) {
        if (moe.has("experts.gate_up_proj")) {
            double[] both = linear(moe.matrix("experts.gate_up_proj", e), x);
            int half = both.length / 2;
            return linear(moe.matrix("experts.down_proj", e),
                    product(silu(Arrays.copyOf(both, half)), Arrays.copyOfRange(both, half, 2 * half)));
        }
        OracleWeights expert = moe.at("experts." + e + ".");
        return expert.has("w1.weight")
                ? expert.linear("w2", product(silu(expert.linear("w1", x)), expert.linear("w3", x)))
                : expert.gatedMlp(x);
    }
}

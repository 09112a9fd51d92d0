package org.thalweg.network.decoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Feed-forward networks and experts, token by token: a reference for routers and both ways of storing experts. */
final class PlainExperts {
    private final PlainTensors tensors;
    private final String family;
    private final String layer;
    private final int selected;

    PlainExperts(PlainTensors tensors, String family, int layer, int selected) {
        this.selected = selected;
        this.tensors = tensors;
        this.family = family;
        this.layer = tensors.prefix() + "model.layers." + layer + ".";
    }

    double[] forward(double[] x) {
        String mlp = layer + (family.startsWith("llama4") ? "feed_forward." : "mlp.");
        if (tensors.has(mlp + "gate_proj.weight")) {
            return gated(mlp, x);
        }
        double[] z = tensors.linear(router(mlp), new double[][] {x})[0];
        double[] weights = weights(z, mlp);
        double[] sum = new double[x.length];
        for (int e = 0; e < z.length; e++) {
            if (weights[e] == 0) {
                continue;
            }
            if (family.startsWith("llama4")) {
                PlainTensors.addTo(sum, expert(mlp, e, PlainTensors.scaled(x, weights[e]), z.length), 1);
            } else {
                PlainTensors.addTo(sum, expert(mlp, e, x, z.length), weights[e]);
            }
        }
        if (family.equals("qwen2_moe")) {
            double open = tensors.linear(mlp + "shared_expert_gate", new double[][] {x})[0][0];
            PlainTensors.addTo(sum, gated(mlp + "shared_expert.", x), PlainTensors.sigmoid(open));
        } else if (family.startsWith("llama4")) {
            PlainTensors.addTo(sum, gated(mlp + "shared_expert.", x), 1);
        } else if (family.startsWith("deepseek")) {
            PlainTensors.addTo(sum, gated(mlp + "shared_experts.", x), 1);
        }
        return sum;
    }

    private String router(String mlp) {
        return switch (family) {
            case "mixtral" -> layer + "block_sparse_moe.gate";
            case "gpt_oss", "llama4", "llama4_text" -> mlp + "router";
            default -> mlp + "gate";
        };
    }

    /** One weight per expert, 0 for those not chosen. */
    private double[] weights(double[] z, String mlp) {
        double[] p = softmax(z);
        return switch (family) {
            case "mixtral" -> renormalised(kept(p, top(z, 2)), 1);
            case "qwen3_moe" -> renormalised(kept(p, top(z, 3)), 1);
            case "qwen2_moe" -> kept(p, top(z, 3));
            case "olmoe", "deepseek" -> kept(p, top(z, selected));
            case "deepseek_v2" -> PlainTensors.scaled(kept(p, top(inGroups(p, 1, 1), 2)), 1.5);
            case "deepseek_v3" -> {
                double[] s = Arrays.stream(z).map(PlainTensors::sigmoid).toArray();
                double[] corrected = s.clone();
                PlainTensors.addTo(corrected, tensors.values(mlp + "gate.e_score_correction_bias"), 1);
                yield renormalised(kept(s, top(inGroups(corrected, 2, 2), 2)), 2.5);
            }
            case "gpt_oss" -> {
                double[] exponentials = Arrays.stream(z).map(Math::exp).toArray();
                yield renormalised(kept(exponentials, top(z, 2)), 1);
            }
            case "llama4", "llama4_text" ->
                kept(Arrays.stream(z).map(PlainTensors::sigmoid).toArray(), top(z, 1));
            default -> throw new IllegalArgumentException(family);
        };
    }

    /** Six experts in three groups of two; groups ranked by the sum of their {@code members} best scores. */
    private static double[] inGroups(double[] scores, int members, int keptGroups) {
        double[] ranks = new double[3];
        for (int group = 0; group < 3; group++) {
            double a = scores[2 * group];
            double b = scores[2 * group + 1];
            ranks[group] = members == 1 ? Math.max(a, b) : a + b;
        }
        List<Integer> kept = top(ranks, keptGroups);
        return IntStream.range(0, 6)
                .mapToDouble(e -> kept.contains(e / 2) ? scores[e] : Double.NEGATIVE_INFINITY).toArray();
    }

    private double[] expert(String mlp, int e, double[] x, int experts) {
        if (family.equals("mixtral")) {
            String name = layer + "block_sparse_moe.experts." + e + ".";
            return swiglu(new String[] {name + "w1", name + "w3", name + "w2"}, x);
        }
        if (!tensors.has(mlp + "experts.gate_up_proj")) {
            return gated(mlp + "experts." + e + ".", x);
        }
        double[] both = columns(tensors.values(mlp + "experts.gate_up_proj"), e, x, experts);
        int width = both.length / 2;
        boolean oss = family.equals("gpt_oss");
        if (oss) {
            PlainTensors.addTo(both, slice(tensors.values(mlp + "experts.gate_up_proj_bias"), e, experts), 1);
        }
        double[] hidden = new double[width];
        for (int i = 0; i < width; i++) {
            double g = both[oss ? 2 * i : i];
            double u = both[oss ? 2 * i + 1 : width + i];
            hidden[i] = oss ? clampedUnit(g, u) : g * PlainTensors.sigmoid(g) * u;
        }
        double[] result = columns(tensors.values(mlp + "experts.down_proj"), e, hidden, experts);
        if (oss) {
            PlainTensors.addTo(result, slice(tensors.values(mlp + "experts.down_proj_bias"), e, experts), 1);
        }
        return result;
    }

    private static double clampedUnit(double gate, double up) {
        double g = Math.min(gate, 0.5);
        double u = Math.min(Math.max(up, -0.5), 0.5);
        return (u + 1) * g / (1 + Math.exp(-1.702 * g));
    }

    /** {@code x W} for the e-th [in out] matrix of a fused tensor. */
    private static double[] columns(double[] fused, int e, double[] x, int experts) {
        double[] matrix = slice(fused, e, experts);
        int out = matrix.length / x.length;
        double[] result = new double[out];
        for (int in = 0; in < x.length; in++) {
            for (int o = 0; o < out; o++) {
                result[o] += x[in] * matrix[in * out + o];
            }
        }
        return result;
    }

    private static double[] slice(double[] fused, int e, int experts) {
        int length = fused.length / experts;
        return Arrays.copyOfRange(fused, e * length, (e + 1) * length);
    }

    private double[] gated(String prefix, double[] x) {
        return swiglu(new String[] {prefix + "gate_proj", prefix + "up_proj", prefix + "down_proj"}, x);
    }

    private double[] swiglu(String[] maps, double[] x) {
        double[][] row = {x};
        double[] g = tensors.linear(maps[0], row)[0];
        double[] u = tensors.linear(maps[1], row)[0];
        for (int i = 0; i < g.length; i++) {
            g[i] *= PlainTensors.sigmoid(g[i]) * u[i];
        }
        return tensors.linear(maps[2], new double[][] {g})[0];
    }

    private static List<Integer> top(double[] scores, int count) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, scores.length).boxed().toList());
        order.sort(Comparator.comparingDouble(i -> -scores[i]));
        return order.subList(0, count);
    }

    private static double[] kept(double[] values, List<Integer> chosen) {
        return IntStream.range(0, values.length).mapToDouble(i -> chosen.contains(i) ? values[i] : 0).toArray();
    }

    private static double[] renormalised(double[] weights, double scale) {
        return PlainTensors.scaled(weights, scale / Arrays.stream(weights).sum());
    }

    private static double[] softmax(double[] z) {
        return renormalised(Arrays.stream(z).map(Math::exp).toArray(), 1);
    }
}

package org.thalweg.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.network.moe.Router;
import org.thalweg.tensor.Parameters;

/** Gates and experts of published models token by token, as their papers and code have them, under the prefix moe. */
public final class PlainPublished {
    private PlainPublished() {}

    /** Output for one token. */
    public static double[] forward(MoeConfig config, Parameters model, double[] x) {
        Gating.Published gate = (Gating.Published) config.gating();
        double[] scores = PlainLinear.apply(model, "moe.gate", new double[][] {x})[0];
        int[] chosen = chosen(gate, model, scores);
        double[] weights = weights(gate, scores, chosen);
        double[] sum = new double[x.length];
        for (int slot = 0; slot < chosen.length; slot++) {
            boolean onInput = gate.model() == MoeModel.LLAMA4;
            double weight = weights[slot];
            double[] input = onInput ? scaled(x, weight) : x;
            add(sum, expert(gate.model(), model, "moe.experts." + chosen[slot], input), onInput ? 1 : weight);
        }
        if (gate.shared() > 0) {
            double weight = gate.model() == MoeModel.QWEN2_MOE
                    ? sigmoid(PlainLinear.apply(model, "moe.shared_expert_gate", new double[][] {x})[0][0]) : 1;
            add(sum, expert(gate.model(), model, "moe.shared_experts", x), weight);
        }
        return sum;
    }

    private static int[] chosen(Gating.Published gate, Parameters model, double[] scores) {
        double[] ranked = switch (gate.model()) {
            case DEEPSEEK_V3 -> {
                double[] corrected = new double[scores.length];
                double[] correction = model.get("moe.gate.e_score_correction_bias").toDoubles();
                for (int e = 0; e < scores.length; e++) {
                    corrected[e] = sigmoid(scores[e]) + correction[e];
                }
                yield corrected;
            }
            default -> scores.clone();
        };
        Router.Groups groups = gate.groups();
        if (groups.isLimit()) {
            int size = scores.length / groups.count();
            List<Integer> order = new ArrayList<>(IntStream.range(0, groups.count()).boxed().toList());
            order.sort(Comparator.comparingDouble(group -> -IntStream.range(0, size)
                    .mapToDouble(e -> -ranked[group * size + e]).sorted()
                    .limit(gate.model() == MoeModel.DEEPSEEK_V3 ? 2 : 1).map(score -> -score).sum()));
            order.subList(groups.kept(), groups.count()).forEach(group ->
                    IntStream.range(0, size).forEach(e -> ranked[group * size + e] = Double.NEGATIVE_INFINITY));
        }
        return PlainMoe.top(ranked, gate.selected());
    }

    private static double[] weights(Gating.Published gate, double[] scores, int[] chosen) {
        double[] all = PlainLinear.softmax(scores);
        double[] own = IntStream.of(chosen).mapToDouble(e -> switch (gate.model()) {
            case DEEPSEEK_V3, LLAMA4 -> sigmoid(scores[e]);
            default -> all[e];
        }).toArray();
        double sum = IntStream.range(0, own.length).mapToDouble(slot -> own[slot]).sum();
        return switch (gate.model()) {
            case SWITCH, OLMOE, QWEN2_MOE, DEEPSEEK_V2, LLAMA4 -> own;
            case MIXTRAL, QWEN3_MOE, GPT_OSS -> scaled(own, 1 / sum);
            case DEEPSEEK_V3 -> scaled(own, 2.5 / sum);
        };
    }

    private static double[] expert(MoeModel kind, Parameters model, String name, double[] x) {
        double[][] up = PlainLinear.apply(model, name + ".up_proj", new double[][] {x});
        double[] hidden = up[0];
        if (kind == MoeModel.SWITCH) {
            hidden = PlainLinear.activate(UnitFunction.RELU, up)[0];
        } else {
            double[] gate = PlainLinear.apply(model, name + ".gate_proj", new double[][] {x})[0];
            for (int unit = 0; unit < hidden.length; unit++) {
                if (kind == MoeModel.GPT_OSS) {
                    double g = Math.min(gate[unit], 7);
                    hidden[unit] = (Math.clamp(hidden[unit], -7.0, 7.0) + 1) * g * sigmoid(1.702 * g);
                } else {
                    hidden[unit] *= gate[unit] * sigmoid(gate[unit]);
                }
            }
        }
        return PlainLinear.apply(model, name + ".down_proj", new double[][] {hidden})[0];
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] scaled(double[] x, double factor) {
        return IntStream.range(0, x.length).mapToDouble(i -> factor * x[i]).toArray();
    }

    private static void add(double[] sum, double[] summand, double weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * summand[i];
        }
    }
}

package org.thalweg.network;

import java.util.stream.IntStream;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.tensor.Parameters;

/** A Mixture-of-Experts layer token by token, as Paper A writes it (Eq 2, 3 and 139). */
public final class PlainMoe {
    private PlainMoe() {}

    /** Output [tokens residual] of the layer under a prefix for x [tokens residual]. */
    public static double[][] forward(MoeConfig config, Parameters model, String prefix, double[][] x) {
        double[][] y = new double[x.length][];
        for (int token = 0; token < x.length; token++) {
            y[token] = token(config, model, prefix, x[token]);
        }
        return y;
    }

    private static double[] token(MoeConfig config, Parameters model, String prefix, double[] x) {
        double[] scores = PlainLinear.apply(model, prefix + ".gate", new double[][] {x})[0];
        double[][] outputs = new double[config.experts()][];
        for (int e = 0; e < config.experts(); e++) {
            outputs[e] = expert(config, model, prefix + ".experts." + e, x);
        }
        double[] weights = weights(config.gating(), scores);
        double[] sum = new double[x.length];
        for (int e = 0; e < outputs.length; e++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weights[e] * outputs[e][i];
            }
        }
        if (config.gating().sharedExperts() > 0) {
            double[] shared = shared(config, model, prefix + ".shared_experts", x);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += shared[i];
            }
        }
        return sum;
    }

    private static double[] weights(Gating gating, double[] scores) {
        return switch (gating) {
            case Gating.Dense() -> PlainLinear.softmax(scores);
            case Gating.Sparse(int k) -> {
                int[] best = top(scores, k);
                double[] some = PlainLinear.softmax(IntStream.of(best).mapToDouble(e -> scores[e]).toArray());
                double[] weights = new double[scores.length];
                for (int slot = 0; slot < k; slot++) {
                    weights[best[slot]] = some[slot];
                }
                yield weights;
            }
            case Gating.DeepSeek(int k, int _) -> {
                double[] all = PlainLinear.softmax(scores);
                double[] weights = new double[scores.length];
                for (int e : top(scores, k)) {
                    weights[e] = all[e];
                }
                yield weights;
            }
            case Gating.Published _ -> throw new IllegalArgumentException("PlainPublished computes these");
        };
    }

    /** The k largest, ties to the smaller index. */
    static int[] top(double[] scores, int k) {
        return IntStream.range(0, scores.length).boxed()
                .sorted((a, b) -> scores[a] != scores[b] ? Double.compare(scores[b], scores[a]) : a - b)
                .limit(k).mapToInt(e -> e).toArray();
    }

    static double[] expert(MoeConfig config, Parameters model, String prefix, double[] x) {
        double[][] state = {x};
        for (int map = 0; map <= config.hidden().size(); map++) {
            state = PlainLinear.apply(model, prefix + ".dense." + map,
                    map == 0 ? state : PlainLinear.activate(config.activation(), state));
        }
        return state[0];
    }

    /** The sum of the shared experts, each cut out of the wide network: its rows inside, its columns outside. */
    private static double[] shared(MoeConfig config, Parameters model, String prefix, double[] x) {
        int count = config.gating().sharedExperts();
        if (count == 1) {
            return expert(config, model, prefix, x);
        }
        int width = config.hidden().getFirst();
        double[] first = model.get(prefix + ".dense.0.weight").toDoubles();
        double[] firstBias = model.get(prefix + ".dense.0.bias").toDoubles();
        double[] second = model.get(prefix + ".dense.1.weight").toDoubles();
        double[] sum = model.get(prefix + ".dense.1.bias").toDoubles();
        for (int s = 0; s < count; s++) {
            double[][] hidden = new double[1][width];
            for (int unit = 0; unit < width; unit++) {
                hidden[0][unit] = firstBias[s * width + unit];
                for (int i = 0; i < x.length; i++) {
                    hidden[0][unit] += first[(s * width + unit) * x.length + i] * x[i];
                }
            }
            double[] active = PlainLinear.activate(config.activation(), hidden)[0];
            for (int i = 0; i < x.length; i++) {
                for (int unit = 0; unit < width; unit++) {
                    sum[i] += second[i * count * width + s * width + unit] * active[unit];
                }
            }
        }
        return sum;
    }
}

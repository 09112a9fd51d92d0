package org.thalweg.network.moe;

import java.util.Arrays;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Role;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/**
 * Which experts each token uses and how much.
 *
 * @param chosen [tokens selected], int64
 * @param weights [tokens selected]
 */
public record Routing(Tensor chosen, Tensor weights) {
    /** Keeps a sum of weights that underflowed from dividing by zero, as the families' own code does. */
    private static final double SMALLEST_SUM = 1e-20;

    /** What a router that is not dense makes of tokens x [tokens residual] with their logits [tokens experts]. */
    static Routing of(Router router, LayerTensors layer, Tensor x, Tensor logits, ExpertChoice choice) {
        String name = layer.names().of(Role.ROUTER, layer.layer());
        return switch (router) {
            case Router.Dense _, Router.Confidence _, Router.ByCaller _ ->
                throw new IllegalArgumentException("a router without scores for a choice: " + router);
            case Router.Softmax softmax -> softmax(softmax, layer, logits, choice);
            case Router.CorrectedSigmoid sigmoid -> {
                Tensor scores = Functions.sigmoid(logits); // [tokens experts]
                Tensor corrected = scores.add(layer.get(Role.ROUTER_CORRECTION));
                Tensor chosen = choice.decide(name, best(within(sigmoid.groups(), corrected), sigmoid.selected()));
                Tensor weights = scores.gather(1, chosen);
                yield new Routing(chosen,
                        (sigmoid.renormalise() ? normalised(weights, 0) : weights).multiply(sigmoid.scale()));
            }
            case Router.SigmoidOnInput(int selected) -> {
                Tensor chosen = choice.decide(name, best(logits, selected));
                yield new Routing(chosen, Functions.sigmoid(logits.gather(1, chosen)));
            }
            case Router.Decoupled(int selected, Router.Decoupling weights) -> {
                Tensor chosen = choice.decide(name, best(logits, selected));
                Tensor probabilities = Functions.softmax(logits, -1); // [tokens experts]
                Tensor adapted = layer.linear(Role.ROUTER_ADAPTER, false).apply(x); // [tokens experts]
                Tensor all = switch (weights) {
                    case ADDITIVE -> probabilities.add(adapted);
                    case CONCATENATED -> Functions.softmax(adapted.add(
                            layer.linear(Role.PROBABILITY_ADAPTER, false).apply(probabilities)), -1);
                };
                yield new Routing(chosen, all.gather(1, chosen));
            }
            case Router.Sharpened(int selected, double power) -> {
                Tensor chosen = choice.decide(name, best(logits, selected));
                Tensor weights = Functions.softmax(logits.multiply(power), -1).gather(1, chosen);
                yield new Routing(chosen, weights.multiply(1.0 / selected));
            }
            case Router.Tempered(int selected, double temperature) -> {
                Tensor chosen = choice.decide(name, best(logits, selected));
                yield new Routing(chosen, Functions.softmax(logits.gather(1, chosen).multiply(1 / temperature), -1));
            }
        };
    }

    /** What the caller decides, one expert of weight 1 for each of so many tokens. */
    static Routing byCaller(LayerTensors layer, Tensor x, ExpertChoice choice) {
        Tensor chosen = choice.decide(layer.names().of(Role.ROUTER, layer.layer()),
                Tensor.zeros(DType.INT64, x.length(0), 1));
        return new Routing(chosen, Tensor.ones(x.dtype(), x.length(0), 1));
    }

    /** The same choice for each of so many neighbouring tokens. */
    Routing forEach(long tokens) {
        return new Routing(repeated(chosen, tokens), repeated(weights, tokens));
    }

    private static Tensor repeated(Tensor rows, long times) {
        return rows.unsqueeze(1).expand(rows.length(0), times, rows.length(1)).reshape(-1, rows.length(1));
    }

    private static Routing softmax(Router.Softmax router, LayerTensors layer, Tensor logits, ExpertChoice choice) {
        // Softmax keeps the order of the logits, and the logits themselves have fewer ties after rounding.
        Tensor scores = router.corrected()
                ? Functions.softmax(logits, -1).add(layer.get(Role.ROUTER_CORRECTION))
                : logits;
        Tensor chosen = choice.decide(
                layer.names().of(Role.ROUTER, layer.layer()), best(within(router.groups(), scores), router.selected()));
        Tensor weights = switch (router.weighting()) {
            case OVER_ALL -> Functions.softmax(logits, -1).gather(1, chosen);
            case OVER_ALL_RENORMALISED ->
                normalised(Functions.softmax(logits, -1).gather(1, chosen), router.leastSum());
            case OVER_CHOSEN -> Functions.softmax(logits.gather(1, chosen), -1);
        };
        return new Routing(chosen, router.scale() == 1 ? weights : weights.multiply(router.scale()));
    }

    /** The same with no expert, −1, for tokens of a text that come after {@code capacity} others of the same expert. */
    Routing limited(int capacity, int tokens, int experts) {
        if (tokens <= capacity) {
            return this;
        }
        long[] all = chosen.toLongs();
        int selected = (int) chosen.length(1);
        int[] served = new int[experts];
        for (int i = 0; i < all.length; i++) {
            if (i % (tokens * selected) == 0) {
                Arrays.fill(served, 0);
            }
            if (++served[(int) all[i]] > capacity) {
                all[i] = -1;
            }
        }
        return new Routing(Tensor.of(all, chosen.shape()), weights);
    }

    private static Tensor best(Tensor scores, int selected) {
        return scores.detach().argsortDescending(1).narrow(1, 0, selected);
    }

    private static Tensor normalised(Tensor weights, double leastSum) {
        Tensor sum = weights.sum(1, true); // [tokens 1]
        return weights.divide(leastSum > 0
                ? Functions.clamp(sum, leastSum, Double.POSITIVE_INFINITY) : sum.add(SMALLEST_SUM));
    }

    /** Scores with −∞ outside the kept groups. */
    private static Tensor within(Router.Groups groups, Tensor scores) {
        if (!groups.isLimit()) {
            return scores;
        }
        long tokens = scores.length(0);
        long size = scores.length(1) / groups.count();
        Tensor grouped = scores.reshape(tokens, groups.count(), size);
        Tensor first = grouped.argsortDescending(2).narrow(2, 0, Math.min(groups.members(), size));
        Tensor groupScores = grouped.gather(2, first).sum(2, false); // [tokens groups]
        Tensor excluded = Tensor.zeros(scores.dtype(), groupScores.shape())
                .add(Double.NEGATIVE_INFINITY)
                .scatter(1, best(groupScores, groups.kept()), 0); // [tokens groups]
        return grouped.add(excluded.unsqueeze(2)).reshape(scores.shape());
    }
}

package org.thalweg.network.decoder;

import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/**
 * Which experts each token uses and how much.
 *
 * @param chosen [tokens selected], int64
 * @param weights [tokens selected]
 */
record Routing(Tensor chosen, Tensor weights) {
    /** Keeps a sum of weights that underflowed from dividing by zero, as the families' own code does. */
    private static final double SMALLEST_SUM = 1e-20;

    static Routing of(LayerTensors layer, Tensor logits) {
        return switch (layer.config().sparseExperts().router()) {
            case Router.Softmax router -> softmax(router, logits);
            case Router.CorrectedSigmoid router -> {
                Tensor scores = Functions.sigmoid(logits); // [tokens experts]
                Tensor corrected = scores.add(layer.weight(Role.ROUTER_CORRECTION));
                Tensor chosen = best(within(router.groups(), corrected, 2), router.selected());
                Tensor weights = scores.gather(1, chosen);
                yield new Routing(
                        chosen, (router.renormalise() ? normalised(weights) : weights).multiply(router.scale()));
            }
            case Router.SigmoidOnInput(int selected) -> {
                Tensor chosen = best(logits, selected);
                yield new Routing(chosen, Functions.sigmoid(logits.gather(1, chosen)));
            }
        };
    }

    private static Routing softmax(Router.Softmax router, Tensor logits) {
        // Softmax keeps the order of the logits, and the logits themselves have fewer ties after rounding.
        Tensor chosen = best(within(router.groups(), logits, 1), router.selected()); // [tokens selected]
        Tensor weights = switch (router.weighting()) {
            case OVER_ALL -> Functions.softmax(logits, -1).gather(1, chosen);
            case OVER_ALL_RENORMALISED -> normalised(Functions.softmax(logits, -1).gather(1, chosen));
            case OVER_CHOSEN -> Functions.softmax(logits.gather(1, chosen), -1);
        };
        return new Routing(chosen, weights.multiply(router.scale()));
    }

    private static Tensor best(Tensor scores, int selected) {
        return scores.argsortDescending(1).narrow(1, 0, selected);
    }

    private static Tensor normalised(Tensor weights) {
        return weights.divide(weights.sum(1, true).add(SMALLEST_SUM));
    }

    /** Scores with −∞ outside the kept groups; a group's own score is the sum of its {@code members} best. */
    private static Tensor within(Router.Groups groups, Tensor scores, int members) {
        if (groups.kept() == groups.count()) {
            return scores;
        }
        long tokens = scores.length(0);
        long size = scores.length(1) / groups.count();
        Tensor grouped = scores.reshape(tokens, groups.count(), size);
        Tensor first = grouped.argsortDescending(2).narrow(2, 0, Math.min(members, size));
        Tensor groupScores = grouped.gather(2, first).sum(2, false); // [tokens groups]
        Tensor excluded = Tensor.zeros(scores.dtype(), groupScores.shape())
                .add(Double.NEGATIVE_INFINITY)
                .scatter(1, best(groupScores, groups.kept()), 0); // [tokens groups]
        return grouped.add(excluded.unsqueeze(2)).reshape(scores.shape());
    }
}

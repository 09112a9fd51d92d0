package org.thalweg.zoo;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.network.ExpertChoice;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;

/**
 * The cross-entropy and, for every layer of experts, the product of how often an expert is chosen and how much the
 * router's sigmoids favour it (arXiv 2412.19437, Equations 17 to 20, over a batch in place of a text): 1 where experts
 * are used alike, up to experts over active experts where always the same are. DeepSeek-V3 and Ling balance by a
 * correction of the scores besides, which stays 0 here, where training is by gradients alone.
 *
 * @param weight of the sum over layers
 */
record BalancedExperts(double weight) implements TrainingLoss {
    @Override
    public Tensor of(Pass pass) {
        Map<String, Tensor> entering = new LinkedHashMap<>();
        Map<String, Tensor> chosen = new LinkedHashMap<>();
        Tensor logits = pass.outputs(new ExpertChoice() {
            @Override
            public void look(String layer, Tensor tokens, boolean isShiftFree) {
                entering.put(layer, tokens);
            }

            @Override
            public Tensor decide(String layer, Tensor experts) {
                chosen.put(layer, experts);
                return experts;
            }
        });
        Tensor sum = Functions.crossEntropy(logits, pass.labels());
        for (String router : entering.keySet()) {
            Tensor weights = pass.model().get(router); // [experts residual]
            Tensor scores = Functions.sigmoid(Functions.linear(
                    entering.get(router), weights, Optional.empty())); // [tokens experts]
            Tensor favoured = scores.divide(scores.sum(1, true)).mean(0, false); // [experts]
            double[] load = load(chosen.get(router), (int) weights.length(0));
            Tensor used = Tensor.of(load, load.length).to(favoured.dtype());
            sum = sum.add(favoured.multiply(used).sum().multiply(weight));
        }
        return sum;
    }

    /**
     * How often each expert is chosen, over how often it would be if all were chosen alike.
     *
     * @param chosen [tokens selected]
     * @param experts how many there are
     * @return [experts], of mean 1
     */
    static double[] load(Tensor chosen, int experts) {
        double[] load = new double[experts];
        long[] all = chosen.toLongs();
        Arrays.stream(all).forEach(expert -> load[(int) expert] += experts / (double) all.length);
        return load;
    }
}

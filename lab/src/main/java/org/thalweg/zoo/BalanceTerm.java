package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.TensorNames;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * Sums {@code n Σ_i f_i P_i} over the layers of experts of one pass: of n experts, f is the share of choices that fall
 * on one and P its mean probability, or under a router of sigmoids its mean share of them. The gradient goes through P
 * (Switch Transformers, arXiv 2101.03961, Eq 4; DeepSeek-V3, arXiv 2412.19437, Eq 17 to 20, which takes each text by
 * itself). For one pass.
 */
final class BalanceTerm implements ExpertChoice {
    private final Parameters model;
    private final List<Tensor> probabilities = new ArrayList<>();
    private final List<Tensor> terms = new ArrayList<>();

    BalanceTerm(Parameters model) {
        this.model = model;
    }

    @Override
    public void look(String layer, Tensor entering, boolean isShiftFree) {
        String bias = TensorNames.biasOf(layer);
        Tensor logits = Functions.linear(entering, model.get(layer),
                Optional.of(bias).filter(model::contains).map(model::get)); // [tokens experts]
        probabilities.add((isShiftFree ? Functions.softmax(logits, -1) : shares(Functions.sigmoid(logits)))
                .mean(0, false));
    }

    private static Tensor shares(Tensor sigmoids) {
        return sigmoids.divide(sigmoids.sum(1, true));
    }

    @Override
    public Tensor decide(String layer, Tensor chosen) {
        Tensor mean = probabilities.getLast(); // [experts]
        float[] load = load(chosen, (int) mean.length(0));
        terms.add(Tensor.of(load, load.length).multiply(mean).sum());
        return chosen;
    }

    /**
     * How often each expert is chosen, over how often it would be if all were chosen alike.
     *
     * @param chosen [tokens selected]
     * @param experts how many there are
     * @return [experts], of mean 1
     */
    static float[] load(Tensor chosen, int experts) {
        float[] load = new float[experts];
        long[] all = chosen.toLongs();
        for (long expert : all) {
            load[(int) expert] += (float) experts / all.length;
        }
        return load;
    }

    /** The loss of a batch with the sum times a weight added. */
    Tensor addedTo(Tensor loss, double weight) {
        return terms.stream().reduce(Tensor::add).map(sum -> loss.add(sum.multiply(weight))).orElse(loss);
    }
}

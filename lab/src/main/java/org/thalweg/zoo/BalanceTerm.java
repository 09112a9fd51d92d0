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
 * Sums {@code n Σ_i f_i P_i} over the layers of experts of one pass: of n experts, f is the share of tokens that use
 * one and P its mean probability. The gradient goes through P (Switch Transformers, arXiv 2101.03961, Eq 4). For one
 * pass.
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
        probabilities.add(Functions.softmax(logits, -1).mean(0, false));
    }

    @Override
    public Tensor decide(String layer, Tensor chosen) {
        Tensor mean = probabilities.getLast(); // [experts]
        float[] shares = new float[(int) mean.length(0)];
        long[] all = chosen.toLongs();
        for (long expert : all) {
            shares[(int) expert] += (float) shares.length / all.length;
        }
        terms.add(Tensor.of(shares, shares.length).multiply(mean).sum());
        return chosen;
    }

    /** The loss of a batch with the sum times a weight added. */
    Tensor addedTo(Tensor loss, double weight) {
        return terms.stream().reduce(Tensor::add).map(sum -> loss.add(sum.multiply(weight))).orElse(loss);
    }
}

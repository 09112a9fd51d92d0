package org.thalweg.training;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Tensor;

/**
 * The cross-entropy; and beside it the correction by which a router's choice is balanced moves after every batch: up by
 * the rate for an expert that got fewer tokens than the mean, down for one that got more (arXiv 2408.15664, as
 * DeepSeek-V3 trains). Corrections have no gradient, and no optimiser moves them.
 *
 * @param corrections name of each router's weight, and of its correction [experts]
 * @param rate of one step
 */
public record BalancedRouters(Map<String, String> corrections, double rate) implements TrainingLoss {
    /** The rate that DeepSeek-V3 is trained with (arXiv 2412.19437, section 4.2). */
    public static final double PUBLISHED_RATE = 0.001;

    /** Copies the map. */
    public BalancedRouters {
        corrections = Map.copyOf(corrections);
    }

    @Override
    public Tensor of(Pass pass) {
        Map<String, long[]> chosen = new LinkedHashMap<>();
        Tensor outputs = pass.outputs((layer, experts) -> {
            chosen.put(layer, experts.toLongs());
            return experts;
        });
        chosen.forEach((router, experts) -> correct(pass.model().get(corrections.get(router)), experts));
        return Functions.crossEntropy(outputs, pass.labels());
    }

    private void correct(Tensor correction, long[] chosen) {
        double[] loads = new double[(int) correction.size()];
        for (long expert : chosen) {
            loads[(int) expert]++;
        }
        double mean = (double) chosen.length / loads.length;
        double[] steps = Arrays.stream(loads).map(load -> rate * Math.signum(mean - load)).toArray();
        Gradients.without(() -> {
            correction.copyInPlace(correction.add(Tensor.of(steps, steps.length).to(correction.dtype())));
            return correction;
        });
    }

    @Override
    public OptionalDouble ofBlindGuess(Examples examples) {
        return CROSS_ENTROPY.ofBlindGuess(examples);
    }
}

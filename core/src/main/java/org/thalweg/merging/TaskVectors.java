package org.thalweg.merging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.thalweg.tensor.Tensor;

/**
 * Differences of models from their base with weights: trimmed, then summed or summed by elected signs, divided if
 * asked for and added to the base (arXiv 2212.04089, 2306.01708). One pass over all models; no tensor but the result.
 */
final class TaskVectors {
    private static final double SMALLEST_DIVISOR = 1e-8;

    private final Tensor base;
    private final List<Delta> deltas;
    private final double[] weights;

    private TaskVectors(Tensor base, List<Delta> deltas, double[] weights) {
        this.base = base;
        this.deltas = deltas;
        this.weights = weights;
    }

    /** Trims one model's difference. */
    @FunctionalInterface
    interface Trimming {
        /**
         * Takes a part.
         *
         * @param delta the whole difference
         * @param model whose it is, from 0
         * @return what remains
         */
        Delta of(Delta delta, int model);
    }

    /**
     * The parameters of all methods that take differences with weights.
     *
     * @param normalizes whether they usually divide by the sum of the weights
     * @param more of one method
     * @return all
     */
    static List<MergeParameter> parameters(boolean normalizes, MergeParameter... more) {
        List<MergeParameter> all = new ArrayList<>(List.of(
                MergeParameter.required("weight", MergeParameter.Scope.MODEL,
                        "factor of the model's difference from the base, any number"),
                MergeParameter.shared("lambda", 1, "factor of the sum of all differences, any number"),
                MergeParameter.flag("normalize", normalizes, "whether the sum is divided by the sum of the weights"),
                MergeParameter.flag("int8_mask", false, "changes no number; here since files have it")));
        all.addAll(Arrays.asList(more));
        return List.copyOf(all);
    }

    /** The share of a difference that is kept. */
    static MergeParameter density() {
        return MergeParameter.ofModel("density", 1, "share of the model's difference that is kept, from 0 to 1");
    }

    /**
     * The whole differences.
     *
     * @param tensors with a base; have to live until the merge is done
     * @param values with {@code weight} of each model
     * @return not trimmed
     */
    static TaskVectors of(ModelTensors tensors, MergeValues values) {
        Tensor base = tensors.requireBase();
        return new TaskVectors(
                base, tensors.models().stream().map(model -> Delta.of(model, base)).toList(), values.reals("weight"));
    }

    /**
     * Trims the difference of each model of which not everything is kept.
     *
     * @param densities the share that is kept, of each model; where it is 1 nothing is done
     * @param trimming of the others
     * @return the same with what remains
     */
    TaskVectors trimmed(double[] densities, Trimming trimming) {
        List<Delta> trimmed = new ArrayList<>();
        for (int model = 0; model < deltas.size(); model++) {
            Delta whole = deltas.get(model);
            trimmed.add(densities[model] < 1 ? trimming.of(whole, model) : whole);
        }
        return new TaskVectors(base, trimmed, weights);
    }

    /**
     * The base plus {@code lambda} times the sum, divided by the sum of the weights with {@code normalize} unless that
     * is 0, which a note says.
     *
     * @param values with {@code lambda} and {@code normalize}
     * @return the merged tensor
     */
    Merged summed(MergeValues values) {
        double total = Arrays.stream(weights).sum();
        boolean cancel = Math.abs(total) < SMALLEST_DIVISOR;
        boolean divides = values.flag("normalize") && !cancel;
        double factor = values.real("lambda") / (divides ? total : 1);
        Tensor merged = overBase((weighted, place) -> {
            double sum = 0;
            for (double[] model : weighted) {
                sum += model[place];
            }
            return factor * sum;
        });
        return new Merged(merged, values.flag("normalize") && cancel
                ? List.of("the weights sum to 0, so that the sum of differences was not divided by it")
                : List.of());
    }

    /**
     * The base plus {@code lambda} times the sum over those models that agree with the elected sign, divided by the
     * sum of their weights with {@code normalize} unless that is 0. A difference of 0 never agrees.
     *
     * @param values with {@code lambda} and {@code normalize}
     * @return the merged tensor
     */
    Merged elected(MergeValues values) {
        double lambda = values.real("lambda");
        boolean normalizes = values.flag("normalize");
        return Merged.of(overBase((weighted, place) -> {
            double sign = Election.sign(weighted, place);
            double sum = 0;
            double divisor = 0;
            for (int model = 0; model < weighted.length; model++) {
                if (Election.agrees(weighted[model][place], sign)) {
                    sum += weighted[model][place];
                    divisor += weights[model];
                }
            }
            return lambda * (normalizes && divisor != 0 ? sum / divisor : sum);
        }));
    }

    private interface Formula {
        double change(double[][] weighted, int place);
    }

    private Tensor overBase(Formula formula) {
        Numbers origin = Numbers.of(base);
        return Passes.tensor((start, into, length) -> {
            double[][] weighted = new double[deltas.size()][length];
            for (int model = 0; model < weighted.length; model++) {
                deltas.get(model).times(weights[model]).read(start, weighted[model], length);
            }
            origin.read(start, into, length);
            for (int i = 0; i < length; i++) {
                into[i] += formula.change(weighted, i);
            }
        }, base.shape());
    }
}

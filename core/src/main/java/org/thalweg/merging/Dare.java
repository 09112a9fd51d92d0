package org.thalweg.merging;

import java.util.List;

/**
 * Each number of each difference is kept with probability {@code density}, what remains is rescaled, and the weighted
 * differences are summed (arXiv 2311.03099). The paper rescales by {@code 1/density} ({@code rescale:
 * inverse-density}); published files mean the former sum of magnitudes ({@code true}, {@code l1}).
 *
 * @param summing all of them, or those of the elected sign
 */
record Dare(Summing summing) implements MergeMethod {
    @Override
    public String name() {
        return summing.named("dare_linear", "dare_ties");
    }

    @Override
    public List<MergeParameter> parameters() {
        return TaskVectors.parameters(
                false, TaskVectors.density(), Rescaling.parameterWithDensity());
    }

    @Override
    public Base base() {
        return Base.REQUIRED;
    }

    @Override
    public Count models() {
        return Count.atLeast(1);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        double[] densities = Range.SHARE.reals("density", values);
        Rescaling rescaling = Rescaling.of(values);
        TaskVectors trimmed = TaskVectors.of(tensors, values)
                .trimmed(densities, (delta, model) -> rescaling.trim(
                        delta, Drop.random(delta, densities[model], Chance.of(tensors, model)), densities[model]));
        return summing.sum(trimmed, values);
    }
}

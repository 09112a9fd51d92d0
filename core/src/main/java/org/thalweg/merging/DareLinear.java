package org.thalweg.merging;

import java.util.List;

/**
 * Each number of each difference is kept with probability {@code density}, what remains is rescaled, and the weighted
 * differences are summed (arXiv 2311.03099). The paper rescales by {@code 1/density} ({@code rescale:
 * inverse-density}); published files mean the former sum of magnitudes ({@code true}, {@code l1}).
 */
final class DareLinear implements MergeMethod {
    @Override
    public String name() {
        return "dare_linear";
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
    public boolean isElementwise() {
        return false;
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        double[] densities = Range.SHARE.reals("density", values);
        Rescaling rescaling = Rescaling.of(values);
        return TaskVectors.of(tensors, values)
                .trimmed(densities, (delta, model) -> rescaling.trim(
                        delta, Drop.random(delta, densities[model], Chance.of(tensors, model)), densities[model]))
                .summed(values);
    }
}

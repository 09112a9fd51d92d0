package org.thalweg.merging;

import java.util.List;

/**
 * Numbers of each difference are dropped at random, the small ones of a row more often than the large ones
 * ({@link Drop#byMagnitude}); what remains is rescaled and the weighted differences are summed
 * (arXiv 2406.11617).
 */
final class DellaLinear implements MergeMethod {
    @Override
    public String name() {
        return "della_linear";
    }

    @Override
    public List<MergeParameter> parameters() {
        return TaskVectors.parameters(
                false, TaskVectors.density(), Drop.epsilon(), Rescaling.parameter(true));
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
        double[] epsilons = Drop.epsilons(densities, values);
        Rescaling rescaling = Rescaling.withoutDensity(values);
        long row = Rows.length(tensors.requireBase());
        return TaskVectors.of(tensors, values)
                .trimmed(densities, (delta, model) -> rescaling.trim(delta, Drop.byMagnitude(
                        delta, row, new Drop.Odds(densities[model], epsilons[model]), Chance.of(tensors, model)),
                        densities[model]))
                .summed(values);
    }
}

package org.thalweg.merging;

import java.util.List;

/**
 * Numbers of each difference are dropped at random, the small ones of a row more often than the large ones
 * ({@link Drop#byMagnitude}); what remains is rescaled and the weighted differences are summed (arXiv 2406.11617).
 *
 * @param summing all of them, or those of the elected sign, which also divides by the weights as a rule
 */
record Della(Summing summing) implements MergeMethod {
    @Override
    public String name() {
        return summing.named("della_linear", "della");
    }

    @Override
    public List<MergeParameter> parameters() {
        return TaskVectors.parameters(
                summing == Summing.ELECTED, TaskVectors.density(), Drop.epsilon(), Rescaling.parameter(true));
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
        double[] epsilons = Drop.epsilons(densities, values);
        Rescaling rescaling = Rescaling.withoutDensity(values);
        long row = Rows.length(tensors.requireBase());
        TaskVectors trimmed = TaskVectors.of(tensors, values)
                .trimmed(densities, (delta, model) -> rescaling.trim(delta, Drop.byMagnitude(
                        delta, row, new Drop.Odds(densities[model], epsilons[model]), Chance.of(tensors, model)),
                        densities[model]));
        return summing.sum(trimmed, values);
    }
}

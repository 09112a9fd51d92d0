package org.thalweg.merging;

import java.util.List;

/**
 * Of each difference the numbers of largest and of smallest magnitude are dropped ({@link Drop#outliers}), and the
 * weighted differences are summed (arXiv 2312.06795).
 *
 * @param summing all of them, or those of the elected sign
 */
record Breadcrumbs(Summing summing) implements MergeMethod {
    @Override
    public String name() {
        return summing.named("breadcrumbs", "breadcrumbs_ties");
    }

    @Override
    public List<MergeParameter> parameters() {
        return TaskVectors.parameters(
                false, TaskVectors.density(), Drop.gamma(), Rescaling.parameter(false));
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
        double[] gammas = Range.SHARE.reals("gamma", values);
        Rescaling rescaling = Rescaling.withoutDensity(values);
        TaskVectors trimmed = TaskVectors.of(tensors, values)
                .trimmed(densities, (delta, model) -> rescaling.trim(
                        delta, Drop.outliers(delta, densities[model], gammas[model]), densities[model]));
        return summing.sum(trimmed, values);
    }
}

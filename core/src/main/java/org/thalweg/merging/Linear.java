package org.thalweg.merging;

import java.util.List;
import java.util.Optional;

/**
 * {@code Σ weight · model}, divided by {@code Σ weight} unless {@code normalize} is false (arXiv 2203.05482). Weights
 * and sums are in float64, whatever the models' type.
 */
final class Linear implements MergeMethod {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(
                Weights.parameter(),
                MergeParameter.flag("normalize", true, "whether the sum is divided by the sum of the weights"));
    }

    @Override
    public Base base() {
        return Base.UNUSED;
    }

    @Override
    public Count models() {
        return Count.atLeast(1);
    }

    @Override
    public boolean isElementwise() {
        return true;
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        double[] weights = values.flag("normalize") ? Weights.shares(values) : values.reals("weight");
        return Merged.of(Vectors.whole(tensors.models(), Optional.empty()).sum(weights));
    }
}

package org.thalweg.merging;

import java.util.List;

/**
 * {@code base + lambda Σ weight (model − base)}, the sum divided by {@code Σ weight} with {@code normalize}
 * (arXiv 2212.04089).
 */
final class TaskArithmetic implements MergeMethod {
    @Override
    public String name() {
        return "task_arithmetic";
    }

    @Override
    public List<MergeParameter> parameters() {
        return TaskVectors.parameters(false);
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
        return true;
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        return TaskVectors.of(tensors, values).summed(values);
    }
}

package org.thalweg.merging;

import java.util.List;

/** The tensor of the only model, times {@code scale}: for models stacked from layers of several. */
final class Passthrough implements MergeMethod {
    @Override
    public String name() {
        return "passthrough";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(MergeParameter.ofModel("scale", 1, "factor of the tensor, any number"));
    }

    @Override
    public Base base() {
        return Base.UNUSED;
    }

    @Override
    public Count models() {
        return new Count(1, 1);
    }

    @Override
    public boolean isElementwise() {
        return true;
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        return Merged.of(tensors.models().getFirst().multiply(values.reals("scale")[0]));
    }
}

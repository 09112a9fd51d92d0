package org.thalweg.merging;

import java.util.List;

/**
 * {@code (1 − w) · base + w · model} with {@code w = t / |base − model|} and at most 1: numbers closer than {@code t}
 * are swapped for the model's, the others move {@code t} towards them. Differences below 1e-6 count as 1e-6.
 */
final class Nearswap implements MergeMethod {
    private static final double SMALLEST = 1e-6;

    @Override
    public String name() {
        return "nearswap";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(MergeParameter.required("t", MergeParameter.Scope.SHARED,
                "how far a number moves towards the other model's, 0 or more"));
    }

    @Override
    public Base base() {
        return Base.REQUIRED;
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
        double t = Range.NOT_NEGATIVE.real("t", values);
        Numbers base = Numbers.of(tensors.requireBase());
        Numbers model = Numbers.of(tensors.models().getFirst());
        return Merged.of(Passes.tensor((start, into, length) -> {
            double[] other = new double[length];
            base.read(start, into, length);
            model.read(start, other, length);
            for (int i = 0; i < length; i++) {
                double weight = Math.min(1, t / Math.max(Math.abs(into[i] - other[i]), SMALLEST));
                into[i] = weight * other[i] + (1 - weight) * into[i];
            }
        }, tensors.requireBase().shape()));
    }
}

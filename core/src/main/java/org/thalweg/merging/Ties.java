package org.thalweg.merging;

import java.util.List;

/**
 * The numbers of largest magnitude of each difference are kept, {@code ⌊density n⌋} of n and one at least unless the
 * density is 0; at each place the weighted differences vote for a sign, and those that have it are summed
 * (arXiv 2306.01708). Of equal magnitudes the first are kept.
 */
final class Ties implements MergeMethod {
    @Override
    public String name() {
        return "ties";
    }

    @Override
    public List<MergeParameter> parameters() {
        return TaskVectors.parameters(true, TaskVectors.density(), Rescaling.parameter(false));
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
        Rescaling rescaling = Rescaling.withoutDensity(values);
        return TaskVectors.of(tensors, values)
                .trimmed(densities, (delta, model) ->
                        rescaling.trim(delta, largest(delta, densities[model]), densities[model]))
                .elected(values);
    }

    private static Places largest(Delta delta, double density) {
        long kept = (long) (density * delta.size());
        return new Ranking(delta.magnitudes(), delta.size()).largest(density > 0 ? Math.max(1, kept) : 0);
    }
}

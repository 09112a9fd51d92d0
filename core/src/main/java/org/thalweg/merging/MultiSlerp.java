package org.thalweg.merging;

import java.util.Arrays;
import java.util.List;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;

/**
 * The weighted mean of the models' directions, or of their differences' from a base, made as long as the weighted mean
 * of their norms.
 *
 * <p>Written down elsewhere as a mean in the tangent space at the mean direction m followed by the exponential map:
 * but {@code Σ w (u − (u·m) m)} is {@code s − (s·m) m} with {@code s = Σ w u}, which is along m, so the tangent
 * vector is 0 and m stays. Where the directions cancel, two models are mixed linearly and more have no answer.
 */
final class MultiSlerp implements MergeMethod {
    @Override
    public String name() {
        return "multislerp";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(
                Weights.parameter(),
                MergeParameter.flag("normalize_weights", true, "whether weights are divided by their sum"),
                MergeParameter.shared("eps", 1e-8, "norm below which directions cancel, more than 0"));
    }

    @Override
    public Base base() {
        return Base.OPTIONAL;
    }

    @Override
    public Count models() {
        return Count.atLeast(2);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        double[] weights = values.flag("normalize_weights") ? Weights.shares(values) : values.reals("weight");
        double epsilon = Range.NOT_NEGATIVE.real("eps", values);
        Vectors vectors = Vectors.whole(tensors.models(), tensors.base());
        double[] directions = new double[weights.length];
        double length = 0;
        double longest = 0;
        for (int model = 0; model < weights.length; model++) {
            double norm = vectors.norms(model)[0];
            directions[model] = norm == 0 ? 0 : weights[model] / (norm + epsilon);
            length += weights[model] * norm;
            longest = Math.max(longest, norm);
        }
        double norm = vectors.normOfSum(directions);
        if (norm >= epsilon && norm > 0) {
            double scale = length / norm;
            return Merged.of(vectors.sum(Arrays.stream(directions).map(factor -> factor * scale).toArray()));
        }
        if (longest > 0 && weights.length > 2) {
            throw new WorkFailure("the weighted directions of the models cancel in tensor "
                    + Shown.name(tensors.name()) + ", so that they have no mean; use other weights or linear.");
        }
        return new Merged(vectors.sum(weights), longest == 0 ? List.of()
                : List.of("the weighted directions of both models cancel, so that they were mixed linearly"));
    }
}

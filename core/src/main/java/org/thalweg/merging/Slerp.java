package org.thalweg.merging;

import java.util.List;
import java.util.Optional;

/**
 * The way from the base (t = 0) to the other model (t = 1) along the arc between their directions over the whole
 * tensor: {@code (sin((1−t)θ) · base + sin(tθ) · model) / sin θ} on the tensors as they are, not normalised. Where the
 * cosine of θ is beyond ±0.9995 the way is straight.
 */
final class Slerp implements MergeMethod {
    private static final double STRAIGHT = 0.9995;
    /** Norms up to this one do not count as directions. */
    private static final double SMALLEST_NORM = 1e-8;

    @Override
    public String name() {
        return "slerp";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(MergeParameter.required("t", MergeParameter.Scope.SHARED,
                "where on the way: 0 is the base, 1 the other model"));
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
    public double[] shares(MergeValues values, int models) {
        double t = Math.clamp(values.real("t"), 0, 1);
        return new double[] {t, 1 - t};
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        Vectors ends = Vectors.whole(List.of(tensors.requireBase(), tensors.models().getFirst()), Optional.empty());
        double cosine = ends.products(0, 1)[0] / (length(ends, 0) * length(ends, 1));
        double t = values.real("t");
        Arc arc = Math.abs(cosine) > STRAIGHT ? Arc.straight(t) : Arc.of(Math.acos(cosine), t);
        return new Merged(ends.sum(arc.from(), arc.to()),
                cosine < -STRAIGHT ? List.of(Arc.opposite(cosine) + ", so that the way is straight") : List.of());
    }

    private static double length(Vectors ends, int end) {
        double norm = ends.norms(end)[0];
        return norm > SMALLEST_NORM ? norm : 1;
    }
}

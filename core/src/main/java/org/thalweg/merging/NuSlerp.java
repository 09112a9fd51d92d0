package org.thalweg.merging;

import java.util.Arrays;
import java.util.List;

/**
 * As {@code slerp}, with {@code t} the second weight's share of both and with a base the differences from it on the
 * arc: over the whole tensor, or for each row or column by itself. Where {@code |sin θ|} is below 1e-8 the way is
 * straight.
 */
final class NuSlerp implements MergeMethod {
    private static final double SMALLEST_SUM = 1e-6;
    private static final double SMALLEST_NORM = 1e-7;
    private static final double SMALLEST_SINE = 1e-8;
    private static final double OPPOSITE = -0.9995;

    @Override
    public String name() {
        return "nuslerp";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(
                Weights.parameter(),
                MergeParameter.flag("nuslerp_flatten", true, "whether the whole tensor has one direction"),
                MergeParameter.flag("nuslerp_row_wise", false,
                        "without nuslerp_flatten: whether directions run along the first axis instead of the last"));
    }

    @Override
    public Base base() {
        return Base.OPTIONAL;
    }

    @Override
    public Count models() {
        return new Count(2, 2);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        double[] weights = values.reals("weight");
        double sum = weights[0] + weights[1];
        double t = Math.abs(sum) < SMALLEST_SUM ? 0.5 : weights[1] / sum;
        Vectors ends = values.flag("nuslerp_flatten")
                ? Vectors.whole(tensors.models(), tensors.base())
                : Vectors.along(values.flag("nuslerp_row_wise") ? 0 : -1, tensors.models(), tensors.base());
        double[] cosines = ends.products(0, 1);
        double[] first = ends.norms(0);
        double[] second = ends.norms(1);
        double[] from = new double[cosines.length];
        double[] to = new double[cosines.length];
        for (int line = 0; line < cosines.length; line++) {
            cosines[line] /= Math.max(first[line], SMALLEST_NORM) * Math.max(second[line], SMALLEST_NORM);
            double angle = Math.acos(Math.clamp(cosines[line], -1, 1));
            Arc arc = Math.abs(Math.sin(angle)) < SMALLEST_SINE ? Arc.straight(t) : Arc.of(angle, t);
            from[line] = arc.from();
            to[line] = arc.to();
        }
        double least = Arrays.stream(cosines).min().orElse(1);
        return new Merged(ends.sum(List.of(from, to)),
                least < OPPOSITE ? List.of(Arc.opposite(least) + ", so that the arc between them is arbitrary")
                        : List.of());
    }
}
